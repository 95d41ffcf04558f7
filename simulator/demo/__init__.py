"""The demo: both nodes' firmware, a replayed trailer and a real Home Assistant, started and stopped as one."""
