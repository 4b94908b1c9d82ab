import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { useCostRatesCreateMutation, useCostRatesFigureMutation, useCostRatesListQuery, useCostRatesRemoveMutation, type CostRateView } from '../../../shared/api/gen/rates.gen';
import { useStaff } from '../../../shared/api/members';
import { formatDay, today } from '../../../shared/lib/dates';
import { useDebounced, useParam } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { ConfirmDialog, FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DateField, MoneyField, SelectField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { FilterBar } from '../../../shared/ui/filters';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Held, NoResults } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { perHour, standing } from '../model';
import { Differences, Overhead } from './Overhead';

/** What an hour of people costs the agency, from a day on. */
export function Costs({ adding, onAdd }: { adding: boolean; onAdd: (on: boolean) => void }) {
  const t = useT();
  const zone = useMe()?.agency.time_zone;
  const writes = useCan()('rates.cards.write');
  const staff = useStaff();
  const [member, setMember] = useParam('member');
  const list = useCostRatesListQuery(member ? { memberId: member } : {});
  const [removing, setRemoving] = useState<CostRateView | null>(null);
  const [remove] = useCostRatesRemoveMutation();
  const name = (c: CostRateView) => staff.nameOf(c.member_id) || t('card.unknown');
  const price = (c: CostRateView) => perHour(c.cost.hour, c.cost.currency);
  const origin = (c: CostRateView) => (c.cost.salary ? t('cost.ofSalary', { salary: formatMoney(c.cost.salary), hours: c.capacity_hours }) : t('cost.byHour'));
  const day = today(zone);
  const chip = (c: CostRateView) => {
    const s = standing(c, day);
    return <StatusChip label={t(`card.${s}`)} tone={s === 'now' ? 'success' : s === 'later' ? 'brand' : 'neutral'} />;
  };
  const rows = list.data && [...list.data.items].sort((a, b) => name(a).localeCompare(name(b)) || b.valid_from.localeCompare(a.valid_from));
  const columns: Column<CostRateView>[] = [
    { key: 'name', header: t('who.person'), width: 'minmax(0, 2fr)', cell: name },
    { key: 'cost', header: t('card.perHour'), width: '140px', numeric: true, cell: price },
    { key: 'of', header: t('cost.from'), width: 'minmax(0, 3fr)', from: 'md', cell: origin },
    { key: 'from', header: t('card.from'), width: '132px', cell: (c) => formatDay(c.valid_from) },
    { key: 'to', header: t('card.to'), width: '132px', cell: (c) => (c.valid_to ? formatDay(c.valid_to) : t('card.open')) },
    { key: 'state', header: t('state'), width: '110px', from: 'md', cell: chip },
  ];
  const add = writes && <Button variant="contained" onClick={() => onAdd(true)}>{t('cost.new')}</Button>;
  return (
    <>
      <FilterBar filters={[{ key: 'member', label: t('who.person'), value: member, onChange: setMember, options: staff.options }]} />
      <DataTable
        label={t('tab.costs')}
        rows={rows}
        columns={columns}
        getId={(c) => c.id}
        nameOf={name}
        actionsWidth="96px"
        actions={writes ? (c) => <Button size="small" color="inherit" onClick={() => setRemoving(c)}>{t('card.remove')}</Button> : undefined}
        card={(c) => <CardRow title={name(c)} end={price(c)} sub={`${formatDay(c.valid_from)} – ${c.valid_to ? formatDay(c.valid_to) : t('card.open')}`} state={chip(c)} />}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={member ? <NoResults onClear={() => setMember('')} /> : <EmptyState title={t('cost.empty')} text={t('cost.emptyText')} action={add} />}
      />
      <Held until={Boolean(list.data ?? list.error)}>
        <Box sx={{ mt: 4 }}>
          <Overhead day={day} />
          <Differences member={member} />
        </Box>
      </Held>
      {adding && <CostDialog day={day} onClose={() => onAdd(false)} />}
      <ConfirmDialog
        open={removing !== null}
        title={t('cost.removeTitle')}
        text={t('cost.removeText')}
        confirmLabel={t('card.remove')}
        danger
        onConfirm={async () => {
          if (removing) await remove({ id: removing.id }).unwrap();
          toast(t('cost.removed'));
        }}
        onClose={() => setRemoving(null)}
      />
    </>
  );
}

const kinds = ['salary', 'hour'] as const;

function CostDialog({ day, onClose }: { day: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const staff = useStaff();
  const currency = useMe()?.agency.currency ?? 'EUR';
  const [create] = useCostRatesCreateMutation();
  const required = v.pipe(v.string(), v.minLength(1, c('error.required')));
  const schema = v.object({ member_id: required, valid_from: required, kind: v.picklist(kinds), salary: v.nullable(v.string()), per_hour: v.nullable(v.string()) });
  const form = useForm<v.InferOutput<typeof schema>>({ resolver: valibotResolver(schema), defaultValues: { member_id: '', valid_from: day, kind: 'salary', salary: null, per_hour: null } });
  const x = useWatch({ control: form.control });
  return (
    <FormDialog
      open
      title={t('cost.new')}
      form={form}
      onClose={onClose}
      onSubmit={async (f) => {
        const field = f.kind === 'salary' ? 'salary' : 'per_hour';
        if (!f[field]) {
          form.setError(field, { message: c('error.required') });
          return;
        }
        await create({ newCostRate: { member_id: f.member_id, valid_from: f.valid_from, currency, [field]: f[field] ?? '' } }).unwrap();
        toast(t('saved'));
        onClose();
      }}
    >
      <FieldRow>
        <AutocompleteField name="member_id" label={t('who.person')} options={staff.options} required />
        <DateField name="valid_from" label={t('card.from')} required />
      </FieldRow>
      <FieldRow>
        <SelectField name="kind" label={t('cost.kind')} options={kinds.map((k) => ({ value: k, label: t(`cost.kinds.${k}`) }))} />
        {x.kind === 'salary' ? <MoneyField name="salary" label={t('cost.salary')} currency={currency} required /> : <MoneyField name="per_hour" label={t('card.perHour')} currency={currency} required />}
      </FieldRow>
      {x.kind === 'salary' && <Figured member={x.member_id ?? ''} from={x.valid_from ?? ''} salary={x.salary ?? ''} currency={currency} />}
    </FormDialog>
  );
}

/** What the salary comes to by the hour, before it is saved. */
function Figured({ member, from, salary, currency }: { member: string; from: string; salary: string; currency: string }) {
  const t = useT();
  const [figure, { data, error }] = useCostRatesFigureMutation();
  const asked = useDebounced([member, from, salary, currency].join('|'));
  const complete = member !== '' && from !== '' && salary !== '';
  useEffect(() => {
    const [m = '', d = '', s = '', cur = ''] = asked.split('|');
    if (m && d && s) void figure({ newCostRate: { member_id: m, valid_from: d, salary: s, currency: cur } });
  }, [asked, figure]);
  const text = !complete ? t('cost.figureHelp') : error ? t('cost.noFigure') : data ? t('cost.figure', { hour: formatMoney(data.cost.rounded), hours: data.capacity_hours, year: from.slice(0, 4) }) : '…';
  return <Typography role="status" variant="body2" sx={{ minHeight: 40, color: 'text.secondary' }}>{text}</Typography>;
}
