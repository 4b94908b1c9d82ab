import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { shortcuts } from '../../shared/lib/hooks';
import { BottomSheet } from '../../shared/ui/sheet';
import { useT } from './locales/en';

const list = [
  ['palette', ['Ctrl K']], ['search', ['/']], ['log', ['N']], ['timer', ['T']], ['new', ['C']], ['go', ['G', 'H T P K C I A S']], ['rows', ['J', 'K', '↑', '↓']], ['open', ['Enter']], ['periods', ['[', ']']], ['dark', ['D']], ['help', ['?']], ['close', ['Esc']],
] as const;

export function Keys({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [on, setOn] = useState(shortcuts.on);
  return (
    <BottomSheet open title={t('keys.title')} onClose={onClose}>
      <Box component="dl" sx={{ m: 0, mb: 4 }}>
        {list.map(([key, caps]) => (
          <Box key={key} sx={{ display: 'flex', alignItems: 'center', gap: 3, py: 1, borderBottom: 1, borderColor: 'divider' }}>
            <Typography component="dt" sx={{ flex: 1 }}>{t(`keys.${key}`)}</Typography>
            <Box component="dd" sx={{ m: 0, display: 'flex', gap: 1 }}>
              {caps.map((c) => <Box component="kbd" key={c} sx={{ font: 'inherit', fontSize: 12, border: 1, borderColor: 'divider', borderRadius: 0.5, px: 1.5, whiteSpace: 'nowrap' }}>{c}</Box>)}
            </Box>
          </Box>
        ))}
      </Box>
      <FormControlLabel control={<Switch checked={on} onChange={(_, v) => { shortcuts.on = v; setOn(v); }} />} label={t('keys.single')} />
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('keys.singleHelp')}</Typography>
    </BottomSheet>
  );
}
