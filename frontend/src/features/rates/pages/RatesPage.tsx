import Button from '@mui/material/Button';
import { lazy, Suspense, useState } from 'react';
import { useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useRateCardsListQuery, type RateCardView, type ServiceView } from '../../../shared/api/gen/rates.gen';
import { formatDay } from '../../../shared/lib/dates';
import { useParam, useTab } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FilterBar } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults, SkeletonPage } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { useT } from '../locales/en';
import { later } from '../../../shared/ui/later';

const NewCardDialog = later(async () => (await import('../components/NewCardDialog')).NewCardDialog);

const Who = lazy(async () => ({ default: (await import('../components/Who')).Who }));
const Services = lazy(async () => ({ default: (await import('../components/Services')).Services }));
const Costs = lazy(async () => ({ default: (await import('../components/Costs')).Costs }));
const Multipliers = lazy(async () => ({ default: (await import('../components/Multipliers')).Multipliers }));
const tabs = ['cards', 'multipliers', 'services', 'who', 'costs'] as const;

export function RatesPage() {
  const t = useT();
  const writes = useCan()('rates.cards.write');
  const [tab, setTab] = useTab(tabs);
  const [adding, setAdding] = useState(false);
  const [service, setService] = useState<ServiceView | 'new' | null>(null);
  const sells = useCan()('rates.services.write');
  const seesCost = useCan()('rates.cost.see');
  const [costing, setCosting] = useState(false);
  const [agreeing, setAgreeing] = useState(false);
  return (
    <>
      <PageHeader title={t('title')} sub={t('sub')} actions={
        tab === 'cards' ? writes && <Button variant="contained" onClick={() => setAdding(true)}>{t('new')}</Button>
        : tab === 'multipliers' ? writes && <Button variant="contained" onClick={() => setAgreeing(true)}>{t('multipliers.new')}</Button>
        : tab === 'costs' ? seesCost && writes && <Button variant="contained" onClick={() => setCosting(true)}>{t('cost.new')}</Button>
        : tab === 'services' && sells && <Button variant="contained" onClick={() => setService('new')}>{t('service.new')}</Button>
      } />
      <TabBar label={t('tab.label')} value={tab} onChange={setTab} tabs={tabs.filter((x) => x !== 'costs' || seesCost).map((x) => ({ value: x, label: t(`tab.${x}`) }))} />
      {tab === 'cards' ? <Cards onAdd={() => setAdding(true)} /> : <Suspense fallback={<SkeletonPage />}>{tab === 'multipliers' ? <Multipliers adding={agreeing} onAdd={setAgreeing} /> : tab === 'services' ? <Services editing={service} onEdit={setService} /> : tab === 'who' ? <Who /> : seesCost && <Costs adding={costing} onAdd={setCosting} />}</Suspense>}
      {adding && <NewCardDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function Cards({ onAdd }: { onAdd: () => void }) {
  const t = useT();
  const can = useCan();
  const writes = can('rates.cards.write');
  const [level, setLevel] = useParam('level');
  const [state, setState] = useParam('state');
  const list = useRateCardsListQuery({ limit: 200, ...(level ? { level: level as RateCardView['level'] } : {}), ...(state ? { state: 'archived' as const } : {}) });
  const clients = useClientsListQuery({ limit: 200, state: 'all' }, { skip: !can('clients.clients.read') }).data?.items;
  const projects = useProjectsListQuery({ limit: 200 }, { skip: !can('projects.projects.read') }).data?.items;
  const whose = (c: RateCardView) =>
    c.level === 'client' ? (clients?.find((x) => x.id === c.client_id)?.name ?? '') : c.level === 'project' ? (projects?.find((x) => x.id === c.project_id)?.name ?? '') : '';
  const scope = (c: RateCardView) => [t(`levels.${c.level}`), whose(c)].filter(Boolean).join(': ');
  const columns: Column<RateCardView>[] = [
    { key: 'name', header: t('name'), width: 'minmax(0, 3fr)', cell: (c) => c.name },
    { key: 'level', header: t('level'), width: 'minmax(0, 3fr)', cell: scope },
    { key: 'currency', header: t('currency'), width: '110px', cell: (c) => c.currency },
    { key: 'updated', header: t('updated'), width: '140px', from: 'md', cell: (c) => formatDay(c.updated_at.slice(0, 10)) },
    { key: 'state', header: t('state'), width: '110px', cell: (c) => c.archived_at && <StatusChip label={t('archived')} /> },
  ];
  return (
    <>
      <FilterBar
        filters={[
          { key: 'level', label: t('level'), value: level, onChange: setLevel, options: (['agency', 'client', 'project'] as const).map((x) => ({ value: x, label: t(`levels.${x}`) })) },
          { key: 'state', label: t('state'), value: state, onChange: setState, options: [{ value: 'archived', label: t('archivedCards') }] },
        ]}
      />
      <DataTable
        label={t('tab.cards')}
        rows={list.data?.items}
        columns={columns}
        getId={(c) => c.id}
        href={(c) => `/rates/${c.id}`}
        nameOf={(c) => c.name}
        card={(c) => <CardRow title={c.name} end={c.currency} sub={scope(c)} state={c.archived_at && <StatusChip label={t('archived')} />} />}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          level || state ? (
            <NoResults onClear={() => { setLevel(''); setState(''); }} />
          ) : (
            <EmptyState title={t('empty')} text={t('emptyText')} action={writes && <Button variant="contained" onClick={onAdd}>{t('new')}</Button>} />
          )
        }
      />
    </>
  );
}
