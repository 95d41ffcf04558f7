/** As much of Home Assistant's frontend as we touch; for the type checker only. */

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, any>;
}

export interface EntityEntry {
  entity_id: string;
  platform?: string;
  device_id?: string;
  translation_key?: string;
  hidden?: boolean;
  entity_category?: "config" | "diagnostic";
}

export interface DeviceEntry {
  id: string;
  name?: string | null;
  name_by_user?: string | null;
}

export interface Connection {
  subscribeMessage<Message>(
    take: (message: Message) => void,
    request: Record<string, unknown>,
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void>>;
  addEventListener(name: string, listener: () => void): void;
  removeEventListener(name: string, listener: () => void): void;
}

export interface HomeAssistant {
  states: Record<string, EntityState | undefined>;
  entities: Record<string, EntityEntry>;
  devices: Record<string, DeviceEntry | undefined>;
  connection: Connection;
  locale: { language: string; number_format: string };
  themes: { darkMode: boolean };
  localize(key: string, values?: Record<string, unknown>): string;
  formatEntityState(state: EntityState): string;
}

export interface Action {
  action: string;
  [more: string]: unknown;
}

export interface CardConfig {
  type: string;
  title?: string;
  devices?: string[];
  show?: string[];
  hours?: number;
  demo?: boolean;
  tap_action?: Action;
  hold_action?: Action;
}

declare global {
  interface Window {
    customCards?: object[];
    customStrategies?: object[];
  }
}
