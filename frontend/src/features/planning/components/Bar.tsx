import ButtonBase from '@mui/material/ButtonBase';
import type { BookingView } from '../../../shared/api/gen/planning.gen';
import { formatRange } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { hueOf } from '../../../shared/ui/PersonAvatar';
import { useT } from '../locales/en';
import { workOf } from '../model';

/** Says how much a booking is, as it was said. */
export function useAmount() {
  const t = useT();
  return (b: BookingView): string => t(`amount.${b.kind}`, { hours: formatDuration(b.seconds ?? 0), percent: b.percent });
}

type Props = { booking: BookingView; onOpen?: () => void; at?: { column: string; row: number } };

/** A booking in the colour of its project; a tentative one is drawn with a dashed line. */
export function Bar({ booking: b, onOpen, at }: Props) {
  const t = useT();
  const amount = useAmount();
  const hue = hueOf(b.project_id);
  const firm = b.state === 'confirmed';
  const named = t(firm ? 'bar' : 'barTentative', { what: workOf(b), range: formatRange(b.starts_on, b.ends_on), amount: amount(b) });
  return (
    <ButtonBase
      onClick={onOpen}
      disabled={!onOpen}
      title={named}
      aria-label={named}
      sx={{
        gridColumn: at?.column, gridRow: at?.row, display: 'block', textAlign: 'start', minWidth: 0, height: at ? 22 : 32, lineHeight: at ? '20px' : '30px', px: 1, mx: '1px', width: at ? undefined : '100%', borderRadius: '4px',
        overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontSize: 12, fontWeight: 560, border: firm ? `1px solid ${hue}` : '1px dashed', borderColor: firm ? hue : 'text.secondary', bgcolor: firm ? hue : undefined, color: firm ? '#fff' : 'text.primary',
      }}
    >
      {workOf(b)} · {amount(b)}
    </ButtonBase>
  );
}
