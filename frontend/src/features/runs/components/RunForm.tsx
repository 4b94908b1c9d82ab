import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { addMonths, endOfMonth, startOfMonth, today } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { AutocompleteField, CheckboxField, DateField, SelectField } from '../../../shared/ui/fields';
import { FieldRow, Form } from '../../../shared/ui/form';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useInvoiceRunsStartMutation, type NewInvoiceRun } from '../api';
import { useT } from '../locales/en';
import { hows } from '../model';
import { Ahead } from './Ahead';

const groups = ['task', 'phase', 'service', 'person', 'day', 'entry'] as const;
type Client = { id: string; name: string };

/** What a run is to bill, and beside it what that will come to. */
export function RunForm() {
  const t = useT();
  const c = useCommon();
  const can = useCan();
  const me = useMe();
  const navigate = useNavigate();
  const [start] = useInvoiceRunsStartMutation();
  const [chosen, setChosen] = useState<Client[]>([]);
  const need = v.pipe(v.string(), v.minLength(1, c('error.required')));
  const last = addMonths(startOfMonth(today(me?.agency.time_zone)), -1);
  const form = useForm({
    resolver: valibotResolver(v.pipe(v.looseObject({ from: need, to: need }), v.forward(v.check((i) => i.from <= i.to, t('before')), ['to']))) as never,
    defaultValues: { from: last, to: endOfMonth(last), how: 'draft' as (typeof hows)[number], issue_on: '', group_by: 'task' as (typeof groups)[number], time: true, expenses: true, fees: true, retainers: true, wait: false, client: '' },
  });
  const x = useWatch({ control: form.control });
  // The look ahead waits for days that make sense, so what is wrong with them is said at once.
  useEffect(() => {
    void form.trigger(['from', 'to']);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another day is the reason to look at both again
  }, [x.from, x.to, form]);
  const wish: NewInvoiceRun = {
    from: x.from ?? '', to: x.to ?? '', how: x.how ?? 'draft', group_by: x.group_by ?? 'task', time: x.time ?? true, expenses: x.expenses ?? true, fees: x.fees ?? true, retainers: x.retainers ?? true, wait_for_approval: x.wait ?? false,
    ...(x.issue_on && x.how !== 'draft' && { issue_on: x.issue_on }), ...(chosen.length > 0 && { client_ids: chosen.map((k) => k.id) }),
  };
  const asked = useDebounced(JSON.stringify(wish));
  const save = async () => {
    const made = await start({ newInvoiceRun: wish }).unwrap();
    toast(t('started'));
    await navigate(`/invoice-runs/${made.id}`);
  };
  return (
    <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 2fr) minmax(0, 3fr)' }, alignItems: 'start' }}>
      <Section>
        <Form form={form} onSubmit={save} submitLabel={t('start')}>
          <FieldRow>
            <DateField name="from" label={t('from')} required />
            <DateField name="to" label={t('to')} required />
          </FieldRow>
          <Box role="group" aria-label={t('what')}>
            <CheckboxField name="time" label={t('time')} />
            <CheckboxField name="expenses" label={t('expenses')} />
            <CheckboxField name="fees" label={t('fees')} />
            <CheckboxField name="retainers" label={t('retainers')} />
          </Box>
          <FieldRow>
            <SelectField name="how" label={t('how')} options={hows.filter((h) => h === 'draft' || can('invoicing.invoices.issue')).map((h) => ({ value: h, label: t(`hows.${h}`) }))} />
            <SelectField name="group_by" label={t('group')} options={groups.map((g) => ({ value: g, label: t(`by.${g}`) }))} />
          </FieldRow>
          {x.how !== 'draft' && <DateField name="issue_on" label={t('issueOn')} help={t('issueOnHelp')} />}
          <CheckboxField name="wait" label={t('wait')} />
          <Choice chosen={chosen} picked={x.client ?? ''} onChange={setChosen} onPicked={() => form.setValue('client', '')} />
        </Form>
      </Section>
      <Ahead wish={JSON.parse(asked) as NewInvoiceRun} />
    </Box>
  );
}

type ChoiceProps = { chosen: Client[]; picked: string; onChange: (all: Client[]) => void; onPicked: () => void };

/** All clients, or those that are added one by one. */
function Choice({ chosen, picked, onChange, onPicked }: ChoiceProps) {
  const t = useT();
  const [text, setText] = useState('');
  const list = useClientsListQuery({ q: useDebounced(text), limit: 50 });
  const items = list.data?.items;
  useEffect(() => {
    const one = items?.find((k) => k.id === picked);
    if (!one) return;
    if (!chosen.some((k) => k.id === one.id)) onChange([...chosen, one]);
    onPicked();
  }, [picked, items, chosen, onChange, onPicked]);
  return (
    <Box>
      <AutocompleteField name="client" label={t('who')} placeholder={chosen.length === 0 ? t('everybody') : t('pick')} loading={list.isFetching} onSearch={setText} options={(items ?? []).map((k) => ({ value: k.id, label: k.name, sub: k.code }))} />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: chosen.length > 0 ? 2 : 0 }}>
        {chosen.map((k) => <Chip key={k.id} label={k.name} onDelete={() => onChange(chosen.filter((o) => o.id !== k.id))} aria-label={k.name} />)}
      </Box>
    </Box>
  );
}
