import Button from '@mui/material/Button';
import { useState } from 'react';
import { useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { useHolidayRegionsListQuery } from '../../../shared/api/gen/people.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useRateMultipliersLastAdditionQuery, useRateMultipliersListQuery, useRateMultipliersRemoveMutation, type RateMultipliersView } from '../../../shared/api/gen/rates.gen';
import { formatDay, today } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { FilterBar } from '../../../shared/ui/filters';
import { later } from '../../../shared/ui/later';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Held, NoResults } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { factorKinds, standing } from '../model';
import { UndoMultipliers } from './UndoMultipliers';

const MultipliersDialog = later(async () => (await import('./MultipliersDialog')).MultipliersDialog);

/** What hours count as, for the agency, for clients and for projects. */
export function Multipliers({ adding, onAdd }: { adding: boolean; onAdd: (on: boolean) => void }) {
  const t = useT();
  const can = useCan();
  const writes = can('rates.cards.write');
  const day = today(useMe()?.agency.time_zone);
  const [client, setClient] = useParam('client');
  const [project, setProject] = useParam('project');
  const list = useRateMultipliersListQuery({ ...(client ? { clientId: client } : {}), ...(project ? { projectId: project } : {}) });
  const clients = useClientsListQuery({ limit: 200, state: 'all' }, { skip: !can('clients.clients.read') }).data?.items ?? [];
  const projects = useProjectsListQuery({ limit: 200 }, { skip: !can('projects.projects.read') }).data?.items ?? [];
  const regions = useHolidayRegionsListQuery(undefined, { skip: !can('people.positions.read') }).data?.items ?? [];
  const undo = useRateMultipliersLastAdditionQuery(undefined, { skip: !writes });
  const [removing, setRemoving] = useState<RateMultipliersView | null>(null);
  const [remove] = useRateMultipliersRemoveMutation();
  const whose = (m: RateMultipliersView) =>
    [t(`levels.${m.level}`), m.client_id ? clients.find((x) => x.id === m.client_id)?.name : m.project_id ? projects.find((x) => x.id === m.project_id)?.name : ''].filter(Boolean).join(': ');
  const factors = (m: RateMultipliersView) => factorKinds.map((k) => `${t(`multipliers.short.${k}`)} ${t('multipliers.times', { factor: m[k] })}`).join(' · ');
  const clock = (m: RateMultipliersView) => [m.zone.replaceAll('_', ' '), regions.find((r) => r.code === m.region)?.name ?? m.region].filter(Boolean).join(' · ');
  const until = (m: RateMultipliersView) => (m.valid_to ? formatDay(m.valid_to) : t('card.open'));
  const chip = (m: RateMultipliersView) => {
    const s = standing(m, day);
    return <StatusChip label={t(`card.${s}`)} tone={s === 'now' ? 'success' : s === 'later' ? 'brand' : 'neutral'} />;
  };
  const columns: Column<RateMultipliersView>[] = [
    { key: 'whose', header: t('multipliers.whose'), width: 'minmax(0, 2fr)', cell: whose },
    { key: 'factors', header: t('multipliers.factors'), width: 'minmax(0, 4fr)', cell: factors },
    { key: 'clock', header: t('multipliers.zone'), width: 'minmax(0, 2fr)', from: 'md', cell: clock },
    { key: 'from', header: t('card.from'), width: '132px', cell: (m) => formatDay(m.valid_from) },
    { key: 'to', header: t('card.to'), width: '132px', from: 'md', cell: until },
    { key: 'state', header: t('state'), width: '100px', from: 'md', cell: chip },
  ];
  const add = writes && <Button variant="contained" onClick={() => onAdd(true)}>{t('multipliers.new')}</Button>;
  const clear = () => { setClient(''); setProject(''); };
  return (
    <>
      <FilterBar
        filters={[
          { key: 'client', label: t('client'), value: client, onChange: setClient, options: clients.map((c) => ({ value: c.id, label: c.name })) },
          { key: 'project', label: t('project'), value: project, onChange: setProject, options: projects.map((p) => ({ value: p.id, label: p.name })) },
        ]}
      />
      {writes && <UndoMultipliers />}
      <Held until={!undo.isLoading}>
        <DataTable
          label={t('tab.multipliers')}
          rows={list.data?.items}
          columns={columns}
          getId={(m) => m.id}
          nameOf={whose}
          actionsWidth="96px"
          actions={writes ? (m) => <Button size="small" color="inherit" onClick={() => setRemoving(m)}>{t('card.remove')}</Button> : undefined}
          card={(m) => <CardRow title={whose(m)} sub={`${factors(m)} · ${formatDay(m.valid_from)} – ${until(m)}`} state={chip(m)} />}
          error={list.error}
          onRetry={() => void list.refetch()}
          empty={client || project ? <NoResults onClear={clear} /> : <EmptyState title={t('multipliers.empty')} text={t('multipliers.emptyText')} action={add} />}
        />
      </Held>
      {adding && <MultipliersDialog day={day} client={client} project={project} clients={clients} projects={projects} regions={regions} onClose={() => onAdd(false)} />}
      <ConfirmDialog
        open={removing !== null}
        title={t('multipliers.removeTitle')}
        text={t('multipliers.removeText')}
        confirmLabel={t('card.remove')}
        danger
        onConfirm={async () => {
          if (removing) await remove({ id: removing.id }).unwrap();
          toast(t('multipliers.removed'));
        }}
        onClose={() => setRemoving(null)}
      />
    </>
  );
}
