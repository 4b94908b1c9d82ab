import Avatar from '@mui/material/Avatar';
import Box from '@mui/material/Box';

// Twelve hues of like lightness; white text reads on each.
const hues = ['#3b5bdb', '#7048b8', '#a33b8f', '#b83253', '#b0432a', '#8a5a00', '#5c6b00', '#2b7a35', '#0b7a5c', '#08748c', '#1f6bb0', '#56616f'];
/** A steady colour for a name or id. */
export function hueOf(key: string): string {
  let h = 0;
  for (const c of key) h = (h * 31 + (c.codePointAt(0) ?? 0)) >>> 0;
  return hues[h % hues.length] ?? '#56616f';
}

const initials = (name: string) => {
  const w = name.trim().split(/\s+/);
  return ((w[0]?.[0] ?? '?') + (w.length > 1 ? (w.at(-1)?.[0] ?? '') : '')).toUpperCase();
};

/** A person's initials in their colour; with `named` also the name. */
export function PersonAvatar({ name, size = 28, named }: { name: string; size?: number; named?: boolean }) {
  const face = (
    <Avatar aria-hidden={named || undefined} role={named ? undefined : 'img'} aria-label={named ? undefined : name} title={name} sx={{ width: size, height: size, fontSize: size * 0.42, fontWeight: 600, bgcolor: hueOf(name), color: '#fff' }}>
      {initials(name)}
    </Avatar>
  );
  if (!named) return face;
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2, minWidth: 0 }}>
      {face}
      <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{name}</Box>
    </Box>
  );
}
