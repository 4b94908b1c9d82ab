import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState, type ReactNode } from 'react';
import { formatMoment } from '../../../shared/lib/dates';
import { later } from '../../../shared/ui/later';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useOpsCopiesGetQuery, useOpsParkedJobsDecideMutation, useOpsTasksBeginMutation } from '../api';
import { useT } from '../locales/en';

const ReasonDialog = later(async () => (await import('./ReasonDialog')).ReasonDialog);

type Act = 'drop_moved' | 'drop_restored' | 'undo_restore' | 'run' | 'discard';

/** What a move or a restore has left beside the agency, and what becomes of it. */
export function Copies({ id }: { id: string }) {
  const t = useT();
  const { data } = useOpsCopiesGetQuery({ id });
  const [begin] = useOpsTasksBeginMutation();
  const [decide] = useOpsParkedJobsDecideMutation();
  const [act, setAct] = useState<Act | null>(null);
  const [drop, undo, jobs] = [data?.move?.state === 'moved' ? data.move : null, data?.restore, data?.parked_jobs ?? 0];
  if (!drop && !undo && jobs === 0) return null;

  const run = async (what: Act, reason: string) => {
    if (what === 'run' || what === 'discard') {
      const { jobs: n } = await decide({ id, parkedJobsDecision: { run: what === 'run', reason } }).unwrap();
      toast(t(what === 'run' ? 'copies.ran' : 'copies.discarded', { count: n }));
      return;
    }
    await begin({ id, newOpsTask: { kind: what, reason } }).unwrap();
    toast(t('agency.begun'));
  };
  const button = (what: Act, danger = false) => <Button key={what} size="small" color={danger ? 'error' : 'primary'} onClick={() => setAct(what)}>{t(`copies.${what}`)}</Button>;
  const line = (text: ReactNode, note: ReactNode, actions: ReactNode) => (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, '& + &': { mt: 2, pt: 2, borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ flex: '1 1 280px', minWidth: 0 }}>
        <Typography>{text}</Typography>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{note}</Typography>
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, ml: { xs: -1, sm: 0 } }}>{actions}</Box>
    </Box>
  );
  return (
    <Section title={t('copies.title')}>
      {drop && line(t('copies.moved', { placement: drop.from }), t('copies.movedNote', { at: formatMoment(drop.swapped_at ?? drop.started_at), ms: drop.stop_ms }), button('drop_moved', true))}
      {undo && line(
        t(`copies.${undo.state}`, { at: formatMoment(undo.as_of) }),
        t(`copies.${undo.state}Note`, { at: formatMoment(undo.swapped_at ?? undo.made_at) }),
        <>{undo.state === 'swapped' && button('undo_restore')}{button('drop_restored', true)}</>,
      )}
      {jobs > 0 && line(t('copies.jobs', { count: jobs }), t('copies.jobsNote'), <>{button('run')}{button('discard', true)}</>)}
      {act && <ReasonDialog title={t(`copies.${act}`)} text={t(`copies.${act}Text`)} onClose={() => setAct(null)} onDo={(reason) => run(act, reason)} />}
    </Section>
  );
}
