/** Whether shortcuts are held with ⌘, as on macOS, or with Ctrl. */
export function usesCommandKey(userAgent: string = navigator.userAgent): boolean {
  return /Mac/.test(userAgent);
}

/** Whether the key event is held with this system's shortcut key and no other. */
export function isShortcut(event: KeyboardEvent, command: boolean = usesCommandKey()): boolean {
  const held = command ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  return held && !event.altKey && !event.shiftKey;
}
