import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link as To, useNavigate } from 'react-router';
import { formatDay, formatMoment, today } from '../../../shared/lib/dates';
import { formatMoney } from '../../../shared/lib/money';
import { useMe } from '../../../shared/lib/me';
import { ActionMenu } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { Rounds } from '../../../shared/ui/Rounds';
import { Can, Figure, Figures, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useFeePartsAcceptMutation, useFeePartsTellAgainMutation, useFeePartsWithdrawMutation, useFeesArchiveMutation, useFeesListQuery, useFeesRestoreMutation, useInvoicesCreateFromTimeMutation, type FeePart, type FeeView, type ProjectView } from '../api';
import { useT } from '../locales/en';

const FeeDialog = later(async () => (await import('./FeeDialog')).FeeDialog);
const OrderDialog = later(async () => (await import('./OrderDialog')).OrderDialog);
const ReadyDialog = later(async () => (await import('./ReadyDialog')).ReadyDialog);
const RetainDialog = later(async () => (await import('./RetainDialog')).RetainDialog);
const PercentDialog = later(async () => (await import('./PercentDialog')).PercentDialog);

/** What was agreed for the project whatever the hours, and how far it is billed. */
export function BillingTab({ project }: { project: ProjectView }) {
  const t = useT();
  const list = useFeesListQuery({ projectId: project.id, limit: 100 });
  const [adding, setAdding] = useState(false);
  if (list.error && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <SkeletonPage />;
  const fees = list.data.items;
  const add = project.state !== 'archived' && <Can permission="fees.fees.write"><Button variant="contained" onClick={() => setAdding(true)}>{t('fee.add')}</Button></Can>;
  return (
    <>
      {fees.length === 0 ? <EmptyState title={t('fee.empty')} text={t('fee.emptyText')} action={add || undefined} /> : (
        <Box sx={{ display: 'flex', justifyContent: 'flex-end', gap: 3, mb: 3, flexWrap: 'wrap' }}>
          <Can permission="invoicing.invoices.write"><Button component={To} to={`/invoices?new=${project.client_id}`} variant="outlined">{t('fee.bill')}</Button></Can>
          {add}
        </Box>
      )}
      {fees.map((f) => <Fee key={f.id} fee={f} />)}
      {adding && <FeeDialog projectId={project.id} onClose={() => setAdding(false)} />}
    </>
  );
}

function Fee({ fee: f }: { fee: FeeView }) {
  const t = useT();
  const [open, setOpen] = useState<'order' | 'percent' | 'retain' | null>(null);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [archive] = useFeesArchiveMutation();
  const [restore] = useFeesRestoreMutation();
  const [bill, billing] = useInvoicesCreateFromTimeMutation();
  const go = useNavigate();
  const now = today(useMe()?.agency.time_zone);
  const kept = Number(f.retained.amount) > 0;
  const release = async () => {
    try {
      const { invoice } = await bill({ invoiceFromTime: { fees: [{ fee_id: f.id, release: true }], no_time: true, from: now, to: now } }).unwrap();
      toast(t('fee.released', { amount: formatMoney(f.retained) }));
      void go(`/invoices/${invoice.id}`);
    } catch (e) {
      toast.failed(e);
    }
  };
  const putAway = async () => {
    try {
      await archive({ id: f.id }).unwrap();
      toast(t('fee.archived'), { undo: () => void restore({ id: f.id }).unwrap().catch(toast.failed) });
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Section
      title={f.name}
      action={
        <Can permission="fees.fees.write">
          <Button size="small" aria-haspopup="menu" aria-label={t('fee.actions', { name: f.name })} onClick={(e) => setAnchor(e.currentTarget)}>{t('fee.more')}</Button>
        </Can>
      }
    >
      <Typography variant="body2" sx={{ color: 'text.secondary', mb: 3 }}>{t(`fee.kinds.${f.kind}`)} · {t(`fee.covered.${f.covers}`)}</Typography>
      <Figures>
        <Figure label={t('fee.contract')} value={<Money value={f.contract} />} note={f.agreed.amount === f.contract.amount ? undefined : t('fee.agreedAt', { amount: formatMoney(f.agreed) })} />
        <Figure label={t('fee.billed')} value={<Money value={f.billed} />} />
        <Figure label={t('fee.left')} value={<Money value={f.left} />} />
        {(kept || Number(f.retain_percent) > 0) && <Figure label={t('fee.retained')} value={<Money value={f.retained} />} note={t('fee.retainedNote', { percent: f.retain_percent })} />}
        {f.kind === 'percent' && <Figure label={t('fee.done')} value={`${f.percent} %`} note={Number(f.due.amount) > 0 ? t('fee.due', { amount: formatMoney(f.due) }) : undefined} />}
      </Figures>
      {kept && !f.archived_at && <Can permission="invoicing.invoices.write"><Button variant="outlined" size="small" loading={billing.isLoading} onClick={() => void release()} sx={{ mb: 3 }}>{t('fee.release')}</Button></Can>}
      {f.parts.length > 0 && (
        <Box component="ul" aria-label={t('fee.parts')} sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {f.parts.map((p) => <Part key={p.id} fee={f} part={p} />)}
        </Box>
      )}
      {f.orders.length > 0 && (
        <>
          <Typography variant="h3" component="h3" sx={{ mt: 4, mb: 1 }}>{t('fee.orders')}</Typography>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {f.orders.map((o) => (
              <Box component="li" key={o.id} sx={{ display: 'flex', gap: 3, py: 2, justifyContent: 'space-between' }}>
                <span>{o.number} · {o.reason}<Typography variant="body2" component="span" sx={{ display: 'block', color: 'text.secondary' }}>{t('fee.approved', { who: o.approved_by, day: formatDay(o.approved_on) })}</Typography></span>
                <Money value={o.amount} />
              </Box>
            ))}
          </Box>
        </>
      )}
      <ActionMenu
        open={anchor !== null}
        anchor={anchor}
        onClose={() => setAnchor(null)}
        actions={[...(f.kind === 'percent' ? [{ label: t('fee.setPercent'), run: () => setOpen('percent') }] : []), { label: t('fee.setRetain'), run: () => setOpen('retain') }, { label: t('fee.order'), run: () => setOpen('order') }, { label: t('fee.archive'), run: () => void putAway() }]}
      />
      {open === 'order' && <OrderDialog fee={f} onClose={() => setOpen(null)} />}
      {open === 'retain' && <RetainDialog fee={f} onClose={() => setOpen(null)} />}
      {open === 'percent' && <PercentDialog fee={f} onClose={() => setOpen(null)} />}
    </Section>
  );
}

const settled = (p: FeePart) => Number(p.left.amount) === 0;

function Part({ fee: f, part: p }: { fee: FeeView; part: FeePart }) {
  const t = useT();
  const [accept] = useFeePartsAcceptMutation();
  const [readying, setReadying] = useState(false);
  const zone = useMe()?.agency.time_zone;
  const [withdraw] = useFeePartsWithdrawMutation();
  const back = () => void withdraw({ id: p.id }).unwrap().catch(toast.failed);
  const say = async () => {
    try {
      await accept({ id: p.id }).unwrap();
      toast(t('fee.accepted', { name: p.name }), { undo: back });
    } catch (e) {
      toast.failed(e);
    }
  };
  const milestone = f.kind === 'milestones' && !p.order_id;
  const state = settled(p) && !p.changes_asked ? <StatusChip label={t('fee.state.billed')} tone="success" /> : milestone ? p.changes_asked ? <StatusChip label={t('fee.state.changes')} tone="warning" /> : <StatusChip label={t(p.accepted_at ? 'fee.state.accepted' : 'fee.state.waiting')} tone={p.accepted_at ? 'brand' : 'neutral'} /> : null;
  return (
    <Box component="li" sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap', py: 2, borderTop: 1, borderColor: 'divider' }}>
      <Box sx={{ flex: '1 1 160px', minWidth: 0 }}>
        <Typography>{p.name}{p.percent && ` · ${p.percent} %`}</Typography>
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[p.due_on && formatDay(p.due_on), p.accepted_by && t('fee.acceptedBy', { who: p.accepted_by })].filter(Boolean).join(' · ')}</Typography>
      </Box>
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap', justifyContent: 'flex-end', ml: 'auto' }}>
        {state}
        <Money value={p.amount} />
        {p.changes_asked && <Can permission="fees.milestones.accept"><Button size="small" variant="outlined" aria-label={t('fee.readyOf', { name: p.name })} onClick={() => setReadying(true)}>{t('fee.ready')}</Button></Can>}
        {milestone && !p.accepted_at && !p.changes_asked && <Can permission="fees.milestones.accept"><Button size="small" variant="outlined" aria-label={t('fee.acceptOf', { name: p.name })} onClick={() => void say()}>{t('fee.accept')}</Button></Can>}
        {milestone && p.accepted_at && Number(p.billed.amount) === 0 && <Can permission="fees.milestones.accept"><Link component="button" type="button" aria-label={t('fee.withdrawOf', { name: p.name })} onClick={back}>{t('fee.withdraw')}</Link></Can>}
      </Box>
      <Rounds rounds={p.rounds} name={p.name} zone={zone} />
      <ReadyLost part={p} />
      {readying && <ReadyDialog part={p} onClose={() => setReadying(false)} />}
    </Box>
  );
}

/** The mail that it is ready again did not reach the client. */
function ReadyLost({ part: p }: { part: FeePart }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const [again, { isLoading }] = useFeePartsTellAgainMutation();
  const last = p.rounds.at(-1);
  if (!last?.failed_at || p.accepted_at) return null;
  return (
    <Box sx={{ flexBasis: '100%', display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', alignItems: 'center', columnGap: 3, rowGap: 2 }}>
      <Typography variant="body2" sx={{ color: 'error.main', minWidth: 0, overflowWrap: 'anywhere' }}>{t('fee.readyLost', { who: last.asked_by, at: formatMoment(last.failed_at, zone), why: last.failure })}</Typography>
      <Can permission="fees.milestones.accept"><Button size="small" variant="outlined" disabled={isLoading} aria-label={t('fee.tellAgainOf', { name: p.name })} onClick={() => void again({ id: p.id }).unwrap().then(() => toast(t('fee.toldAgain')), toast.failed)}>{t('fee.tellAgain')}</Button></Can>
    </Box>
  );
}
