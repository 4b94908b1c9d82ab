/** 1536 -> '1.5 KB' */
export function formatBytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let i = 0;
  let v = n;
  while (v >= 1024 && i < units.length - 1) {
    v /= 1024;
    i += 1;
  }
  return `${i === 0 || v >= 100 ? Math.round(v) : v.toFixed(1)} ${units[i]}`;
}

/** 'ops.agency_suspended' -> 'Agency suspended', 'read_only' -> 'Read only' */
export function said(action: string): string {
  const text = (action.split('.').at(-1) ?? action).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
