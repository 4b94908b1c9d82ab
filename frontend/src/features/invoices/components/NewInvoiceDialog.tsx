import { valibotResolver } from '@hookform/resolvers/valibot';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { problemText } from '../../../shared/api/problem';
import { formatDay, today } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DateField, SelectField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { Duration } from '../../../shared/ui/small';
import { useInvoiceClientsQuery, useInvoiceProjectsQuery, useInvoicesCreateFromTimeMutation, useInvoicesCreateMutation, useTimePlanQuery, type InvoiceFromTime } from '../api';
import { useT } from '../locales/en';
import { groups, period, presets, type Preset } from '../model';
import { FeePicks, type Picks } from './FeePicks';

const whats = ['both', 'time', 'expenses'] as const;

/** A draft from approved time, with what it will come to while one chooses; or a blank one. */
export function NewInvoiceDialog({ clientId, onClose }: { clientId: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const navigate = useNavigate();
  const me = useMe();
  const now = today(me?.agency.time_zone);
  const [source, setSource] = useState<'time' | 'blank' | 'deposit'>('time');
  const [preset, setPreset] = useState<Preset>('lastMonth');
  const [find, setFind] = useState('');
  const [picked, setPicked] = useState<Picks>({});
  const [making, setMaking] = useState(false);
  const clients = useInvoiceClientsQuery(useDebounced(find));
  const [create] = useInvoicesCreateMutation();
  const [bill] = useInvoicesCreateFromTimeMutation();
  const need = v.pipe(v.string(), v.minLength(1, c('error.required')));
  const schema = v.object({ client_id: need, project_id: v.string(), from: need, to: need, group_by: v.picklist(groups), what: v.picklist(whats) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { client_id: clientId, project_id: '', ...period('lastMonth', now, me?.agency.week_start ?? 'monday'), group_by: 'task' as (typeof groups)[number], what: 'both' as (typeof whats)[number] } });
  const values = useWatch({ control: form.control });
  const projects = useInvoiceProjectsQuery(values.client_id ?? '', { skip: !values.client_id });
  // A project of the client chosen before means nothing for this one.
  const project = projects.currentData?.items.some((p) => p.id === values.project_id) ? values.project_id : undefined;
  const choose = (p: Preset) => {
    setPreset(p);
    if (p === 'own') return;
    const { from, to } = period(p, now, me?.agency.week_start ?? 'monday');
    form.setValue('from', from);
    form.setValue('to', to);
  };
  const fees = Object.values(picked);
  const wanted: InvoiceFromTime = {
    ...(fees.length > 0 && { fees }),
    client_id: values.client_id ?? '', from: values.from ?? '', to: values.to ?? '', group_by: values.group_by ?? 'task', ...(project && { project_ids: [project] }),
    ...(values.what === 'time' && { expenses: false }), ...(values.what === 'expenses' && { no_time: true, expenses: true }),
  };
  return (
    <FormDialog
      open
      title={t('create.title')}
      form={form}
      submitLabel={t('create.make')}
      onClose={onClose}
      onSubmit={async (x) => {
        setMaking(true);
        try {
          const made = source !== 'time'
            ? await create({ newInvoice: { client_id: x.client_id, ...(source === 'deposit' && { kind: 'deposit' as const }) } }).unwrap()
            : (await bill({ invoiceFromTime: wanted }).unwrap()).invoice;
          await navigate(`/invoices/${made.id}`);
        } catch (e) {
          setMaking(false);
          throw e;
        }
      }}
    >
      <ToggleButtonGroup exclusive fullWidth size="small" aria-label={t('create.source')} value={source} onChange={(_, s: 'time' | 'blank' | 'deposit' | null) => s && setSource(s)}>
        <ToggleButton value="time">{t('create.time')}</ToggleButton>
        <ToggleButton value="blank">{t('create.blank')}</ToggleButton>
        <ToggleButton value="deposit">{t('create.deposit')}</ToggleButton>
      </ToggleButtonGroup>
      <AutocompleteField name="client_id" label={t('create.client')} placeholder={t('create.clientFind')} options={clients.data?.items.map((x) => ({ value: x.id, label: x.name })) ?? []} loading={clients.isFetching} onSearch={setFind} required />
      {source === 'deposit' && <Typography sx={{ color: 'text.secondary' }}>{t('deposit.about')}</Typography>}
      {source === 'time' && (
        <>
          <SelectField name="project_id" label={t('create.projects')} empty={t('create.allProjects')} options={projects.data?.items.map((p) => ({ value: p.id, label: p.name })) ?? []} disabled={!values.client_id} />
          <Box role="group" aria-label={t('create.period')} sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
            {presets.map((p) => <Button key={p} size="small" variant={p === preset ? 'contained' : 'outlined'} aria-pressed={p === preset} onClick={() => choose(p)}>{t(`create.preset.${p}`)}</Button>)}
          </Box>
          <FieldRow>
            <DateField name="from" label={t('create.from')} disabled={preset !== 'own'} />
            <DateField name="to" label={t('create.to')} disabled={preset !== 'own'} />
            <SelectField name="what" label={t('create.what')} options={whats.map((x) => ({ value: x, label: t(`create.whats.${x}`) }))} />
            <SelectField name="group_by" label={t('create.group')} options={groups.map((g) => ({ value: g, label: t(`create.by.${g}`) }))} />
          </FieldRow>
          {values.client_id && <FeePicks clientId={values.client_id} projectId={project} picked={picked} onPick={setPicked} />}
          <Plan wanted={wanted} made={making} />
        </>
      )}
    </FormDialog>
  );
}

/** What the draft would be. Once it is being made nobody asks again: what it takes cannot be taken twice. */
function Plan({ wanted, made }: { wanted: InvoiceFromTime; made: boolean }) {
  const t = useT();
  const ready = Boolean(wanted.client_id && wanted.from && wanted.to);
  const { currentData: plan, error, isFetching } = useTimePlanQuery(wanted, { skip: !ready || made });
  const box = (children: React.ReactNode) => <Box aria-live="polite" sx={{ minHeight: 76 }}>{children}</Box>;
  if (!ready) return box(<Typography sx={{ color: 'text.secondary' }}>{t('create.choose')}</Typography>);
  if (error) return box(<Alert severity="warning">{problemText(error)}</Alert>);
  if (isFetching || !plan) return box(<Typography sx={{ color: 'text.secondary' }}>{t('create.calculating')}</Typography>);
  return box(
    <>
      {plan.invoice.lines.length === 0 ? (
        <Alert severity="info">{t('create.nothing')}</Alert>
      ) : (
        <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline', gap: 3, p: 3, borderRadius: 1, bgcolor: 'action.hover' }}>
          <span>{t('create.total')} · {t('create.lines', { count: plan.invoice.lines.length })}</span>
          <Typography component="strong" sx={{ fontWeight: 700, fontSize: 18, fontVariantNumeric: 'tabular-nums' }}>{formatMoney(plan.invoice.total)}</Typography>
        </Box>
      )}
      {plan.left_out.length > 0 && (
        <Alert severity="warning" sx={{ mt: 3 }}>
          <strong>{t('create.left', { count: plan.left_out.length })}</strong>
          <Box component="ul" sx={{ pl: 4, my: 1, maxHeight: 160, overflow: 'auto' }}>
            {plan.left_out.map((e) => <li key={e.entry_id}>{formatDay(e.day)} · {[e.project_name, e.task_name].filter(Boolean).join(': ')} · <Duration seconds={e.seconds} /> · {t(`create.why.${e.reason}`)}</li>)}
          </Box>
          {t('create.leftHelp')}{plan.left_out.some((e) => e.reason === 'no_rate') && ` ${t('create.leftRate')}`}
        </Alert>
      )}
    </>,
  );
}
