import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { formatMoment } from '../lib/dates';
import { useCommon } from '../lib/i18n';

export type Round = { text: string; asked_by: string; asked_at: string; ready_at: string | null; ready_by: string; note: string };

/** What a client asked to be different about a milestone, and what became of it, the oldest first. Client and staff read the same. */
export function Rounds({ rounds, name, zone }: { rounds: Round[]; name: string; zone?: string | undefined }) {
  const t = useCommon();
  if (rounds.length === 0) return null;
  return (
    <Box component="ol" aria-label={t('rounds.of', { name })} sx={{ listStyle: 'none', m: 0, p: 0, pl: 3, borderLeft: 2, borderColor: 'divider', display: 'grid', gap: 2, flexBasis: '100%' }}>
      {rounds.map((r) => (
        <li key={r.asked_at}>
          <Said who={t('rounds.asked', { who: r.asked_by, at: formatMoment(r.asked_at, zone) })} text={r.text} />
          {r.ready_at && <Said who={t('rounds.ready', { who: r.ready_by, at: formatMoment(r.ready_at, zone) })} text={r.note} />}
        </li>
      ))}
    </Box>
  );
}

function Said({ who, text }: { who: string; text: string }) {
  return (
    <>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{who}</Typography>
      {text && <Typography variant="body2" className="said" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{text}</Typography>}
    </>
  );
}
