import Button from '@mui/material/Button';
import { useState } from 'react';
import { useFeed } from '../../../shared/api/infinite';
import { formatAgo } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { useAgenciesFeedInfiniteQuery, useOpsPlacementsQuery, type OpsAgenciesListApiArg, type OpsAgency } from '../api';
import { HealthChip, StateChip } from '../components/chips';
import { useT } from '../locales/en';
import { formatBytes } from '../model';

const OpenDialog = later(async () => (await import('../components/OpenDialog')).OpenDialog);
const states = ['active', 'suspended', 'deleted', 'removing'] as const;
const plans = ['starter', 'professional', 'enterprise'] as const;

/** All agencies, by address. */
export function AgenciesPage() {
  const t = useT();
  const [search, setSearch] = useParam('q');
  const [state, setState] = useParam('state');
  const [plan, setPlan] = useParam('plan');
  const [placement, setPlacement] = useParam('placement');
  const [trouble, setTrouble] = useParam('trouble');
  const { data: databases } = useOpsPlacementsQuery();
  const several = (databases?.items.length ?? 0) > 1;
  const [opening, setOpening] = useState(false);
  const list = useFeed(
    useAgenciesFeedInfiniteQuery({
      search: search || undefined, state: (state || undefined) as OpsAgenciesListApiArg['state'], plan: (plan || undefined) as OpsAgenciesListApiArg['plan'], trouble: trouble ? true : undefined, placement: placement || undefined,
    }),
  );
  const seen = (a: OpsAgency) => (a.last_activity_at ? formatAgo(a.last_activity_at) : t('never'));
  const planOf = (a: OpsAgency) => plans.filter((p) => p === a.plan).map((p) => t(`plans.${p}`))[0] ?? a.plan;
  const columns: Column<OpsAgency>[] = [
    { key: 'name', header: t('agencies.col.name'), width: 'minmax(0, 2fr)', cell: (a) => <>{a.name} <span style={{ opacity: 0.75 }}>{a.slug}</span></> },
    { key: 'state', header: t('agencies.col.state'), cell: (a) => <StateChip state={a.state} /> },
    { key: 'plan', header: t('agencies.col.plan'), cell: planOf, from: 'md' },
    { key: 'people', header: t('agencies.col.people'), cell: (a) => a.staff, width: '90px', numeric: true },
    { key: 'size', header: t('agencies.col.size'), cell: (a) => formatBytes(a.bytes), width: '100px', numeric: true, from: 'lg' },
    { key: 'seen', header: t('agencies.col.seen'), cell: seen, from: 'md' },
    { key: 'version', header: t('agencies.col.version'), cell: (a) => a.version, width: 'minmax(0, 0.8fr)', from: 'lg' },
    ...(several ? [{ key: 'placement', header: t('agencies.col.placement'), cell: (a: OpsAgency) => a.placement, width: '110px', from: 'lg' as const }] : []),
    { key: 'health', header: t('agencies.col.health'), cell: (a) => <HealthChip agency={a} /> },
  ];
  const clear = () => {
    setSearch('');
    setState('');
    setPlan('');
    setPlacement('');
    setTrouble('');
  };
  const open = <Button variant="contained" onClick={() => setOpening(true)}>{t('agencies.open')}</Button>;
  return (
    <>
      <PageHeader title={t('agencies.title')} sub={t('agencies.sub')} actions={open} />
      <FilterBar
        search={{ value: search, onChange: setSearch, label: t('agencies.search') }}
        filters={[
          { key: 'state', label: t('agencies.state'), value: state, onChange: setState, options: states.map((s) => ({ value: s, label: t(`states.${s}`) })) },
          { key: 'plan', label: t('agencies.plan'), value: plan, onChange: setPlan, options: plans.map((p) => ({ value: p, label: t(`plans.${p}`) })) },
          ...(several || placement ? [{ key: 'placement', label: t('agencies.placement'), value: placement, onChange: setPlacement, options: (databases?.items ?? []).map((p) => ({ value: p.name, label: p.name })) }] : []),
          { key: 'trouble', label: t('agencies.trouble'), value: trouble, onChange: setTrouble, options: [{ value: '1', label: t('agencies.onlyTrouble') }] },
        ]}
      />
      <DataTable
        {...list}
        label={t('agencies.title')}
        columns={columns}
        getId={(a) => a.id}
        href={(a) => `/agencies/${a.id}`}
        card={(a) => <CardRow title={a.name} end={a.staff} sub={`${a.slug} · ${planOf(a)} · ${seen(a)}`} state={a.state === 'active' ? <HealthChip agency={a} /> : <StateChip state={a.state} />} />}
        empty={search || state || plan || placement || trouble ? <NoResults onClear={clear} /> : <EmptyState title={t('agencies.empty')} text={t('agencies.emptyText')} />}
      />
      {opening && <OpenDialog onClose={() => setOpening(false)} />}
    </>
  );
}
