import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useCostDifferencesListQuery, useOverheadsCreateMutation, useOverheadsListQuery, useOverheadsRemoveMutation, type CostDifferenceView } from '../../../shared/api/gen/rates.gen';
import { useStaff } from '../../../shared/api/members';
import { formatDay } from '../../../shared/lib/dates';
import { formatHours } from '../../../shared/lib/duration';
import { i18n, useCommon } from '../../../shared/lib/i18n';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, NumberField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { Money } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

/** What the agency costs beside its people, in percent of what their hours cost. */
export function Overhead({ day }: { day: string }) {
  const t = useT();
  const writes = useCan()('rates.cards.write');
  const list = useOverheadsListQuery();
  const [remove] = useOverheadsRemoveMutation();
  const [adding, setAdding] = useState(false);
  const take = async (id: string) => {
    try {
      await remove({ id }).unwrap();
      toast(t('overhead.removed'));
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Section title={t('overhead.title')} action={writes && <Button size="small" onClick={() => setAdding(true)}>{t('overhead.add')}</Button>}>
      <Box sx={{ minHeight: 40 }}>
        {list.data?.items.length === 0 && <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('overhead.none')}</Typography>}
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {list.data?.items.map((o) => (
            <Box component="li" key={o.id} sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 2, minHeight: 40 }}>
              <span>{t('overhead.line', { percent: o.cost.percent, from: formatDay(o.valid_from), to: o.valid_to ? formatDay(o.valid_to) : t('card.open') })}</span>
              {writes && <Button size="small" color="inherit" aria-label={t('overhead.removeOne', { from: formatDay(o.valid_from) })} onClick={() => void take(o.id)}>{t('card.remove')}</Button>}
            </Box>
          ))}
        </Box>
      </Box>
      {adding && <OverheadDialog day={day} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function OverheadDialog({ day, onClose }: { day: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useOverheadsCreateMutation();
  const schema = v.object({ percent: v.number(c('error.required')), valid_from: v.pipe(v.string(), v.minLength(1, c('error.required'))) });
  const form = useForm<{ percent: number | null; valid_from: string }>({ resolver: valibotResolver(schema) as never, defaultValues: { percent: null, valid_from: day } });
  return (
    <FormDialog open title={t('overhead.add')} form={form} onClose={onClose} onSubmit={async (f) => {
      await create({ newOverhead: { percent: String(f.percent), valid_from: f.valid_from } }).unwrap();
      toast(t('saved'));
      onClose();
    }}>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('overhead.text')}</Typography>
      <FieldRow>
        <NumberField name="percent" label={t('overhead.percent')} unit="%" required />
        <DateField name="valid_from" label={t('card.from')} required />
      </FieldRow>
    </FormDialog>
  );
}

const month = (day: string) => new Intl.DateTimeFormat(i18n.language, { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(Date.parse(day));

/** What was posted for months that were closed when a cost changed. */
export function Differences({ member }: { member: string }) {
  const t = useT();
  const staff = useStaff();
  const list = useCostDifferencesListQuery({ limit: 100, ...(member ? { memberId: member } : {}) });
  const projects = useProjectsListQuery({ limit: 200 }, { skip: !useCan()('projects.projects.read') }).data?.items;
  const name = (d: CostDifferenceView) => staff.nameOf(d.member_id) || t('card.unknown');
  const project = (d: CostDifferenceView) => projects?.find((p) => p.id === d.project_id)?.name ?? '';
  const columns: Column<CostDifferenceView>[] = [
    { key: 'name', header: t('who.person'), width: 'minmax(0, 2fr)', cell: name },
    { key: 'project', header: t('project'), width: 'minmax(0, 2fr)', cell: project },
    { key: 'month', header: t('difference.month'), width: '150px', cell: (d) => month(d.month) },
    { key: 'posted', header: t('difference.posted'), width: '150px', cell: (d) => month(d.posted_in) },
    { key: 'hours', header: t('difference.hours'), width: '100px', numeric: true, cell: (d) => formatHours(d.seconds) },
    { key: 'amount', header: t('difference.amount'), width: '140px', numeric: true, cell: (d) => <Money value={d.cost.difference} /> },
  ];
  return (
    <Section title={t('difference.title')} pad={false}>
      <DataTable
        label={t('difference.title')}
        rows={list.data?.items}
        columns={columns}
        getId={(d) => d.id}
        nameOf={name}
        card={(d) => <CardRow title={name(d)} end={<Money value={d.cost.difference} />} sub={`${project(d)} · ${t('difference.of', { month: month(d.month), posted: month(d.posted_in), hours: formatHours(d.seconds) })}`} />}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<EmptyState title={t('difference.empty')} text={t('difference.emptyText')} />}
      />
    </Section>
  );
}
