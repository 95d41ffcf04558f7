// Points the install button to the manifest of what was chosen.
const chosen = () => `manifest-${role.value}-${size.value}.json`;
const [role, size, install, version, command] = ["role", "size", "install", "version", "chosen"].map(
  (id) => document.getElementById(id),
);

async function choose() {
  command.textContent = role.value;
  install.setAttribute("manifest", chosen());
  const answer = await fetch(chosen());
  version.textContent = (await answer.json()).version;
}

role.addEventListener("change", choose);
size.addEventListener("change", choose);
await choose();
