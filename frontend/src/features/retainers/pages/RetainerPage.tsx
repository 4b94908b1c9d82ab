import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { usePrepaidBlocksDraftMutation, useRetainersBlocksQuery, useRetainersGetQuery, useRetainersPeriodsQuery, useRetainersTasksQuery, useRetainersTellLowAgainMutation, type PrepaidBlock, type RetainerPeriodView, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { formatFigure, usage } from '../../../shared/lib/figures';
import { formatMoney } from '../../../shared/lib/money';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Facts, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { Bar } from '../components/Bar';
import { Tasks } from '../components/Tasks';
import { useT } from '../locales/en';
import { said } from '../model';

const RetainerDialog = later(async () => (await import('../components/RetainerDialog')).RetainerDialog);
const AdjustDialog = later(async () => (await import('../components/AmountDialogs')).AdjustDialog);
const BlockDialog = later(async () => (await import('../components/AmountDialogs')).BlockDialog);

export function RetainerPage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useRetainersGetQuery({ id });
  // All lists are asked for at once and drawn at once: what is below one would jump when it comes.
  const periods = useRetainersPeriodsQuery({ id, limit: 60 });
  const blocks = useRetainersBlocksQuery({ id });
  const tasks = useRetainersTasksQuery({ id });
  if (data && !periods.isLoading && !blocks.isLoading && !tasks.isLoading) return <Ready retainer={data} />;
  return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}

const span = (p: RetainerPeriodView) => `${formatDay(p.from_on)} – ${formatDay(p.to_on)}`;

function Ready({ retainer: r }: { retainer: RetainerView }) {
  const t = useT();
  const writes = useCan()('retainers.retainers.write');
  const [dialog, setDialog] = useState<'edit' | 'adjust' | 'block' | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <PageHeader
        up={{ to: '/retainers', label: t('title') }}
        title={r.name}
        chip={(r.low_since || !r.shown_to_client) && <>{r.low_since && <StatusChip label={t('low')} tone="warning" />}{!r.shown_to_client && <StatusChip label={t('hidden')} />}</>}
        sub={<><MuiLink component={Link} to={`/clients/${r.client_id}`}>{r.client_name}</MuiLink> · {r.project_id ? <MuiLink component={Link} to={`/projects/${r.project_id}`}>{r.project_name}</MuiLink> : t('allProjects')}</>}
        actions={writes && (
          <>
            <Button color="inherit" onClick={() => setDialog('adjust')}>{t('adjust')}</Button>
            <Button variant="outlined" onClick={() => setDialog('block')}>{t('block')}</Button>
            <Button variant="outlined" onClick={() => setDialog('edit')}>{t('edit')}</Button>
          </>
        )}
      />
      {r.current && (
        <Section title={span(r.current)} action={<Button size="small" component={Link} to={`/retainers/${r.id}/periods/${r.current.id}`}>{t('entries')}</Button>}>
          <Bar period={r.current} currency={r.currency} />
          {r.low_since && <Typography variant="body2" sx={{ color: 'warning.main', mt: 2 }}>{t('alert.since', { day: formatDay(r.low_since.slice(0, 10)) })}</Typography>}
          {r.low_undelivered && <Undelivered id={r.id} lost={r.low_undelivered} />}
        </Section>
      )}
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 5fr) minmax(0, 3fr)' }, alignItems: 'start' }}>
        <Section title={t('periods')} pad={false}><Periods retainer={r} /></Section>
        <Box>
          <Section title={t('terms')}><Terms retainer={r} /></Section>
          <Section title={t('blocks')} pad={false}><Blocks retainer={r} /></Section>
          <Tasks retainer={r} />
        </Box>
      </Box>
      {dialog === 'edit' && <RetainerDialog retainer={r} onClose={close} />}
      {dialog === 'adjust' && <AdjustDialog retainer={r} onClose={close} />}
      {dialog === 'block' && <BlockDialog retainer={r} onClose={close} />}
    </>
  );
}

/** Whom the mail that little is left did not reach. */
function Undelivered({ id, lost }: { id: string; lost: NonNullable<RetainerView['low_undelivered']> }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const [again, { isLoading }] = useRetainersTellLowAgainMutation();
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', alignItems: 'center', columnGap: 3, rowGap: 2, mt: 2 }}>
      <Typography variant="body2" sx={{ color: 'error.main', minWidth: 0, overflowWrap: 'anywhere' }}>{t('alert.undelivered', { to: lost.to.join(', '), at: formatMoment(lost.failed_at, zone), why: lost.failure })}</Typography>
      {useCan()('retainers.retainers.write') && <Button size="small" variant="outlined" disabled={isLoading} onClick={() => void again({ id }).unwrap().then(() => toast(t('alert.toldAgain')), toast.failed)}>{t('alert.again')}</Button>}
    </Box>
  );
}

function Terms({ retainer: r }: { retainer: RetainerView }) {
  const t = useT();
  const rollover = r.rollover === 'capped' ? t('capIs', { cap: said(r.rollover_cap) }) : r.rollover === 'expiring' ? t('lastsIs', { count: r.rollover_periods ?? 0 }) : t(`rollovers.${r.rollover}`);
  const overage = r.overage === 'overage_rate' && r.overage_rate ? `${t('overages.overage_rate')}: ${formatMoney({ amount: r.overage_rate, currency: r.currency })}` : t(`overages.${r.overage}`);
  const deficit = r.deficit_limit ? `${t(`deficits.${r.deficit}`)}, ${t('limit').toLowerCase()} ${said(r.deficit_limit)}` : t(`deficits.${r.deficit}`);
  const alert = !r.alert ? t('alert.by.none') : r.alert.percent ? t('alert.atPercent', { percent: r.alert.percent }) : said(r.alert.figure) === '–' ? t('alert.hidden') : t('alert.at', { left: said(r.alert.figure) });
  return (
    <Facts items={[
      [t('grant'), `${said(r.granted)} ${t(`each.${r.every}`)}`], [t('fee'), <Money key="fee" value={r.fee as never} />], [t('rollover'), rollover], [t('deficit'), deficit], [t('overage'), overage],
      [t('alert.label'), alert],
      [t('starts'), formatDay(r.starts_on)], [t('ends'), r.ends_on ? formatDay(r.ends_on) : '–'],
    ]} />
  );
}

function Periods({ retainer: r }: { retainer: RetainerView }) {
  const t = useT();
  const list = useRetainersPeriodsQuery({ id: r.id, limit: 60 });
  const state = (p: RetainerPeriodView) => <StatusChip label={t(p.state)} tone={p.state === 'open' ? 'brand' : 'neutral'} />;
  const columns: Column<RetainerPeriodView>[] = [
    { key: 'span', header: t('period'), width: 'minmax(204px, 2fr)', cell: span },
    { key: 'opening', header: t('opening'), numeric: true, width: '104px', from: 'lg', cell: (p) => said(p.opening) },
    { key: 'granted', header: t('granted'), numeric: true, width: '96px', from: 'md', cell: (p) => said(p.granted) },
    { key: 'used', header: t('used'), numeric: true, width: '96px', cell: (p) => formatFigure(usage(p).used) },
    { key: 'closing', header: t('left'), numeric: true, width: '96px', cell: (p) => said(p.state === 'open' ? p.left : p.closing) },
    { key: 'state', header: t('state'), width: '100px', cell: state },
  ];
  return (
    <DataTable
      label={t('periods')} rows={list.data?.items} columns={columns} getId={(p) => p.id} href={(p) => `/retainers/${r.id}/periods/${p.id}`} nameOf={span} error={list.error} onRetry={() => void list.refetch()}
      card={(p) => <CardRow title={span(p)} end={`${said(p.state === 'open' ? p.left : p.closing)} ${t('left').toLowerCase()}`} sub={`${t('granted')}: ${said(p.granted)} · ${t('used')}: ${formatFigure(usage(p).used)}`} state={state(p)} />} empty={<EmptyState title={t('noEntries')} />}
    />
  );
}

function Blocks({ retainer: r }: { retainer: RetainerView }) {
  const t = useT();
  const { data } = useRetainersBlocksQuery({ id: r.id });
  if (!data || data.items.length === 0) return <Typography sx={{ color: 'text.secondary', p: 4, minHeight: 56 }}>{t('blockText')}</Typography>;
  return <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>{data.items.map((b) => <Block key={b.id} block={b} />)}</Box>;
}

function Block({ block: b }: { block: PrepaidBlock }) {
  const t = useT();
  const can = useCan();
  const [draft, { isLoading }] = usePrepaidBlocksDraftMutation();
  const since = b.unbilled ? t('unbilled') : b.counts_on ? t('since', { day: formatDay(b.counts_on) }) : t(`countsFrom.${b.counts_from}`);
  const again = () => void draft({ id: b.id }).unwrap().then(() => toast(t('draftedBlock')), toast.failed);
  return (
    <Box component="li" sx={{ px: 4, py: 3, borderTop: 1, borderColor: 'divider', display: 'flex', flexWrap: 'wrap', justifyContent: 'space-between', alignItems: 'center', gap: 3 }}>
      <Box sx={{ minWidth: 0 }}>
        <Typography>{said(b.figure)}{b.price && <> · <Money value={b.price} /></>}</Typography>
        <Typography variant="body2" sx={{ color: b.unbilled ? 'warning.main' : 'text.secondary' }}>{since}{b.expires_on && ` · ${t('until', { day: formatDay(b.expires_on) })}`}</Typography>
      </Box>
      {b.invoice_id && can('invoicing.invoices.read') && <MuiLink component={Link} to={`/invoices/${b.invoice_id}`}>{t('invoice')}</MuiLink>}
      {b.unbilled && can('retainers.retainers.write') && <Button size="small" variant="outlined" disabled={isLoading} onClick={again}>{t('draftBlock')}</Button>}
    </Box>
  );
}
