import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { useClientsGetQuery } from '../../../shared/api/gen/clients.gen';
import { usePositionsListQuery } from '../../../shared/api/gen/people.gen';
import { useProjectsGetQuery } from '../../../shared/api/gen/projects.gen';
import { useRateCardsArchiveMutation, useRateCardsGetQuery, useRateCardsRestoreMutation, useRatesLastRevisionQuery, useRatesRemoveMutation, useServicesListQuery, type RateCardView, type RateView } from '../../../shared/api/gen/rates.gen';
import { useTasksListQuery } from '../../../shared/api/gen/tasks.gen';
import { useStaff } from '../../../shared/api/members';
import { useServices } from '../../../shared/api/services';
import { formatDay, today } from '../../../shared/lib/dates';
import { useCan, useMe } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { NotInPlan, useLacks } from '../../../shared/ui/NotInPlan';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Held, SkeletonPage } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { UndoLast } from '../components/UndoLast';
import { useT } from '../locales/en';
import { formatDuration } from '../../../shared/lib/duration';
import { perHour, standing } from '../model';

const RateDialog = later(async () => (await import('../components/RateDialog')).RateDialog);
const RenameDialog = later(async () => (await import('../components/RenameDialog')).RenameDialog);

export function CardPage() {
  const { id = '' } = useParams();
  const { data: card, error, refetch } = useRateCardsGetQuery({ id });
  if (card) return <Ready card={card} />;
  return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}

function useTargets(card: RateCardView) {
  const can = useCan();
  const staff = useStaff();
  const positions = usePositionsListQuery({ archived: true }).data?.items;
  const tasks = useTasksListQuery({ projectId: card.project_id ?? '', limit: 200 }, { skip: !card.project_id || !can('projects.tasks.read') }).data?.items;
  const services = useServices();
  const archivedServices = useServicesListQuery({ limit: 200, state: 'archived' }, { skip: !can('rates.services.read') }).data?.items;
  return useMemo(() => {
    const position = (positions ?? []).filter((p) => !p.archived).map((p) => ({ value: p.id, label: p.name }));
    const task = (tasks ?? []).map((x) => ({ value: x.id, label: x.name }));
    const names = new Map([...(positions ?? []).map((p) => [p.id, p.name] as const), ...(tasks ?? []).map((x) => [x.id, x.name] as const), ...services.map((x) => [x.value, x.label] as const), ...(archivedServices ?? []).map((x) => [x.id, x.name] as const)]);
    return { options: { member: staff.options, position, task, service: services }, nameOf: (r: RateView) => (r.kind === 'member' ? staff.nameOf(r.target_id) : (names.get(r.target_id) ?? '')) };
  }, [staff, positions, tasks, services, archivedServices]);
}

function Ready({ card }: { card: RateCardView }) {
  const t = useT();
  const me = useMe();
  const can = useCan();
  const writes = can('rates.cards.write') && can('rates.bill.see') && !card.archived_at;
  const beyond = useLacks('custom_rates') && card.level !== 'agency';
  const day = today(me?.agency.time_zone);
  const undo = useRatesLastRevisionQuery(undefined, { skip: !writes });
  const targets = useTargets(card);
  const client = useClientsGetQuery({ id: card.client_id ?? '' }, { skip: !card.client_id }).data;
  const project = useProjectsGetQuery({ id: card.project_id ?? '' }, { skip: !card.project_id }).data;
  const [editing, setEditing] = useState<RateView | 'new' | null>(null);
  const [removing, setRemoving] = useState<RateView | null>(null);
  const [renaming, setRenaming] = useState(false);
  const [archive] = useRateCardsArchiveMutation();
  const [restore] = useRateCardsRestoreMutation();
  const [remove] = useRatesRemoveMutation();
  const put = async () => {
    try {
      if (card.archived_at) await restore({ id: card.id }).unwrap();
      else {
        await archive({ id: card.id }).unwrap();
        toast(t('archivedToast', { name: card.name }), { undo: () => void restore({ id: card.id }) });
      }
    } catch (e) {
      toast.failed(e);
    }
  };
  const name = (r: RateView) => targets.nameOf(r) || t('card.unknown');
  const price = (r: RateView) => (r.per_hour === null ? t('card.hidden') : perHour(r.per_hour, card.currency));
  const tiers = (r: RateView) => (r.tiers?.steps ?? []).map((s, n) => t(`tiers.line.${n === 0 ? r.tiers!.per : 'line'}`, { price: perHour(s.per_hour, card.currency), hours: `${formatDuration(s.from_seconds)} h` })).join(', ');
  const chip = (r: RateView) => {
    const s = standing(r, day);
    return <StatusChip label={t(`card.${s}`)} tone={s === 'now' ? 'success' : s === 'later' ? 'brand' : 'neutral'} />;
  };
  const span = (r: RateView) => `${formatDay(r.valid_from)} – ${r.valid_to ? formatDay(r.valid_to) : t('card.open')}`;
  const rows = [...(card.rates ?? [])].sort((a, b) => a.kind.localeCompare(b.kind) || name(a).localeCompare(name(b)) || b.valid_from.localeCompare(a.valid_from));
  const columns: Column<RateView>[] = [
    { key: 'name', header: t('card.kind'), width: 'minmax(0, 3fr)', cell: (r) => (r.tiers ? <Box component="span" sx={{ display: 'grid', py: 1 }}>{name(r)}<Typography component="span" variant="body2" sx={{ color: 'text.secondary' }}>{tiers(r)}</Typography></Box> : name(r)) },
    { key: 'kind', header: t('card.type'), width: '110px', from: 'md', cell: (r) => t(`card.kinds.${r.kind}`) },
    { key: 'rate', header: t('card.perHour'), width: '140px', numeric: true, cell: price },
    { key: 'from', header: t('card.from'), width: '132px', cell: (r) => formatDay(r.valid_from) },
    { key: 'to', header: t('card.to'), width: '132px', cell: (r) => (r.valid_to ? formatDay(r.valid_to) : t('card.open')) },
    { key: 'state', header: t('state'), width: '110px', from: 'md', cell: chip },
  ];
  const add = writes && !beyond && <Button variant="contained" onClick={() => setEditing('new')}>{t('card.add')}</Button>;
  return (
    <>
      <PageHeader
        up={{ to: '/rates', label: t('title') }}
        title={card.name}
        chip={card.archived_at ? <StatusChip label={t('archived')} /> : undefined}
        sub={[t(`levels.${card.level}`), client?.name ?? project?.name, card.currency].filter(Boolean).join(' · ')}
        actions={
          can('rates.cards.write') && (
            <>
              <Button color="inherit" onClick={() => void put()}>{t(card.archived_at ? 'restore' : 'archive')}</Button>
              <Button variant="outlined" onClick={() => setRenaming(true)}>{t('rename')}</Button>
              {add}
            </>
          )
        }
      />
      {beyond && writes && <Box sx={{ mb: 4 }}><NotInPlan feature="custom_rates" /></Box>}
      {writes && <UndoLast cardId={card.id} nameOf={name} rates={card.rates ?? []} />}
      <Held until={!undo.isLoading}>
        <DataTable
          label={card.name}
          rows={rows}
          columns={columns}
          getId={(r) => r.id}
          nameOf={name}
          onOpen={writes && !beyond ? setEditing : undefined}
          actions={writes ? (r) => <Button size="small" color="inherit" onClick={() => setRemoving(r)}>{t('card.remove')}</Button> : undefined}
          card={(r) => <CardRow title={name(r)} end={price(r)} sub={span(r)} state={chip(r)} below={tiers(r) || undefined} />}
          empty={<EmptyState title={t('card.empty')} text={t('card.emptyText')} action={add} />}
        />
      </Held>
      {editing && <RateDialog card={card} rate={editing === 'new' ? undefined : editing} day={day} targets={targets.options} onClose={() => setEditing(null)} />}
      {renaming && <RenameDialog card={card} onClose={() => setRenaming(false)} />}
      <ConfirmDialog
        open={removing !== null}
        title={t('card.removeTitle')}
        text={t('card.removeText')}
        confirmLabel={t('card.remove')}
        danger
        onConfirm={async () => {
          if (removing) await remove({ id: removing.id }).unwrap();
          toast(t('card.removed'));
        }}
        onClose={() => setRemoving(null)}
      />
    </>
  );
}
