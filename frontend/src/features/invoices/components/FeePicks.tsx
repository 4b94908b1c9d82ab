import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Typography from '@mui/material/Typography';
import { useFeesListQuery, type FeePart, type FeeView } from '../../../shared/api/gen/fees.gen';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { today } from '../../../shared/lib/dates';
import type { InvoiceFeePick } from '../api';
import { useT } from '../locales/en';

export type Picks = Record<string, InvoiceFeePick>;

/** What of a client's fees may be billed now: work done, parts that are due, milestones that were accepted. */
export function FeePicks({ clientId, projectId, picked, onPick }: { clientId: string; projectId: string | undefined; picked: Picks; onPick: (p: Picks) => void }) {
  const t = useT();
  const now = today(useMe()?.agency.time_zone);
  const list = useFeesListQuery({ clientId, ...(projectId && { projectId }), limit: 100 });
  const choices = (list.currentData?.items ?? []).flatMap((f) => [...choicesOf(f, now), ...(some(f.retained) && !some(f.left) ? [{ key: `${f.id}.retained`, label: t('fees.retained', { name: f.name }), amount: f.retained, pick: { fee_id: f.id, release: true } }] : [])]);
  if (choices.length === 0) return null;
  const toggle = (c: Choice, on: boolean) => {
    const { [c.key]: _, ...rest } = picked;
    onPick(on ? { ...rest, [c.key]: c.pick } : rest);
  };
  return (
    <Box role="group" aria-label={t('fees.title')} sx={{ display: 'grid', maxHeight: 220, overflow: 'auto' }}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('fees.title')}</Typography>
      {choices.map((c) => (
        <FormControlLabel
          key={c.key}
          control={<Checkbox size="small" checked={c.key in picked} onChange={(_, on) => toggle(c, on)} />}
          label={<Box component="span" sx={{ display: 'flex', justifyContent: 'space-between', gap: 3 }}><span>{c.label}</span><span>{formatMoney(c.amount)}</span></Box>}
          sx={{ mr: 0, '& .MuiFormControlLabel-label': { flex: 1, minWidth: 0 } }}
        />
      ))}
    </Box>
  );
}

type Choice = { key: string; label: string; amount: FeeView['left']; pick: InvoiceFeePick };

const some = (m: { amount: string }) => Number(m.amount) > 0; // decides only what is offered; the server counts

function choicesOf(f: FeeView, now: string): Choice[] {
  if (f.kind === 'percent') return some(f.due) ? [{ key: f.id, label: `${f.name}: ${f.percent} %`, amount: f.due, pick: { fee_id: f.id } }] : [];
  const ready = (p: FeePart) => (f.kind === 'milestones' ? Boolean(p.accepted_at ?? p.order_id) : (p.due_on ?? '') <= now);
  return f.parts.filter((p) => some(p.left) && ready(p)).map((p) => ({ key: p.id, label: `${f.name}: ${p.name}`, amount: p.left, pick: { fee_id: f.id, part_id: p.id } }));
}
