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
  return (g) => [g.missing > g.closed ? t('missingHours', { time: formatDuration(g.missing - g.closed) }) : g.closed > 0 ? '' : t('complete'), g.closed > 0 && t('closedHours', { time: formatDuration(g.closed) }), t(`state.${stateOf(g)}`).toLowerCase()].filter(Boolean).join(', ');
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
  const open = g.missing - g.closed;
  const closed = t('closedHours', { time: formatDuration(g.closed) });
  return (
    <MuiLink component={Link} to={pathOf(g, l)} underline="hover" aria-label={t('cell', { name: l.name, range: formatRange(g.from, g.to), what: text(g) })} sx={{ display: 'inline-block', textAlign: 'end', minHeight: 24, color: 'text.primary', fontVariantNumeric: 'tabular-nums' }}>
      {open > 0 || g.closed === 0 ? (
        <Box component="span" sx={{ fontWeight: open > 0 ? 650 : 400, color: open > 0 ? 'error.main' : 'success.main' }}>{open > 0 ? formatDuration(open) : '✓'}</Box>
      ) : <Box component="span" sx={{ color: 'text.secondary' }}>{closed}</Box>}
      {g.from !== g.to && <Box component="span" sx={{ display: 'block', typography: 'caption', color: g.due ? 'warning.main' : 'text.secondary' }}>{[open > 0 && g.closed > 0 && closed, t(`state.${state}`)].filter(Boolean).join(' · ')}</Box>}
    </MuiLink>
  );
}
