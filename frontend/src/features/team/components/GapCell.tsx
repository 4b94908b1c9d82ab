import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import { Link } from 'react-router';
import type { MissingTimeGap, MissingTimeLine } from '../../../shared/api/gen/time.gen';
import { formatRange, today } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useT } from '../locales/en';

/** What is said about some days in words. */
function useGapText(): (g: MissingTimeGap) => string {
  const t = useT();
  return (g) => [g.missing > 0 ? t('missingHours', { time: formatDuration(g.missing) }) : t('complete'), t(`state.${stateOf(g)}`).toLowerCase()].join(', ');
}

// A week that runs on need not be handed in.
const stateOf = (g: MissingTimeGap) => (g.state === 'draft' && !g.due && g.to >= today() ? 'running' : g.state);

/** Where one looks at the time: what waits is decided, anything else is read entry by entry. */
const pathOf = (g: MissingTimeGap, l: MissingTimeLine) =>
  g.timesheet_id && g.state === 'submitted' ? `/approvals?scope=all&open=${g.timesheet_id}` : `/time/entries?member=${l.member_id}&from=${g.from}&to=${g.to}`;

/** The figure of some days of a person, and the way to them. */
export function GapCell({ gap: g, line: l }: { gap: MissingTimeGap; line: MissingTimeLine }) {
  const t = useT();
  const text = useGapText();
  const quiet = g.expected === 0 && g.logged === 0 && !g.due;
  if (quiet) return <Box component="span" sx={{ color: 'text.secondary' }}>–</Box>;
  const state = stateOf(g);
  return (
    <MuiLink component={Link} to={pathOf(g, l)} underline="hover" aria-label={t('cell', { name: l.name, range: formatRange(g.from, g.to), what: text(g) })} sx={{ display: 'inline-block', minHeight: 24, color: 'text.primary', fontVariantNumeric: 'tabular-nums' }}>
      <Box component="span" sx={{ fontWeight: g.missing > 0 ? 650 : 400, color: g.missing > 0 ? 'error.main' : 'success.main' }}>{g.missing > 0 ? formatDuration(g.missing) : '✓'}</Box>
      {g.from !== g.to && <Box component="span" sx={{ display: 'block', typography: 'caption', color: g.due ? 'warning.main' : 'text.secondary' }}>{t(`state.${state}`)}</Box>}
    </MuiLink>
  );
}
