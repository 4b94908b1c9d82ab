import AddIcon from '@mui/icons-material/AddRounded';
import RemoveIcon from '@mui/icons-material/DeleteOutlineRounded';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { FormProvider, useFieldArray, useForm, useWatch } from 'react-hook-form';
import { applyProblem } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { MoneyField, NumberField, SelectField, SwitchField } from '../../../shared/ui/fields';
import { whenReadable } from '../../../shared/ui/fields/unreadable';
import { later } from '../../../shared/ui/later';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useRemindersDropMutation, useRemindersSaveMutation, type ReminderPolicy } from '../api';
import { useT } from '../locales/en';
import { fromLate, fromSteps, toLate, toSteps, type LadderValues, type StepValues } from '../reminders';
import { LateFees } from './LateFees';

const StepDialog = later(async () => (await import('./StepDialog')).StepDialog);

/** The steps of a ladder, each with its days and its letter. */
export function Ladder({ policy: p, clientId, writes }: { policy: ReminderPolicy; clientId?: string; writes: boolean }) {
  const t = useT();
  const [save] = useRemindersSaveMutation();
  const [drop] = useRemindersDropMutation();
  const [alert, setAlert] = useState<string | null>(null);
  const [writing, setWriting] = useState<number | null>(null);
  const currency = useMe()?.agency.currency ?? '';
  const form = useForm<LadderValues>({ defaultValues: { enabled: p.enabled, steps: fromSteps(p.steps), late: fromLate(p.late, currency) }, disabled: !writes });
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'steps', keyName: 'key' });
  const enabled = useWatch({ control: form.control, name: 'enabled' });
  const late = useWatch({ control: form.control, name: 'late' });
  const steps = useWatch({ control: form.control, name: 'steps' });
  const submit = whenReadable(form, form.handleSubmit(async (x) => {
    setAlert(null);
    try {
      await save({ reminderPolicyInput: { ...(clientId && { client_id: clientId }), enabled: x.enabled, steps: toSteps(x.steps), late: toLate(x.late), version: p.own ? p.version : 0 } }).unwrap();
      toast(t('remind.saved'));
    } catch (e) {
      setAlert(applyProblem(e, form.setError as never, ['enabled', 'steps.*.days', 'steps.*.fee', ...Object.keys(x.late).map((k) => `late.${k}`)]));
    }
  }));
  const back = async () => {
    if (!clientId) return;
    try {
      await drop({ clientId }).unwrap();
      toast(t('remind.dropped'));
    } catch (e) {
      toast.failed(e);
    }
  };
  const text = (n: number): StepValues => form.getValues(`steps.${n}`);
  return (
    <FormProvider {...form}>
      <Box component="form" noValidate onSubmit={(e: React.FormEvent) => void submit(e)}>
        {clientId && !p.own && <Typography sx={{ color: 'text.secondary', mb: 4 }}>{t('remind.agencys')}</Typography>}
        <Section title={t('remind.steps')}>
          <SwitchField name="enabled" label={t(clientId ? 'remind.onClient' : 'remind.on')} help={p.enabled && p.enabled_on ? t('remind.since', { day: formatDay(p.enabled_on) }) : t('remind.onHelp')} />
          {enabled && (
            <Box component="ol" sx={{ listStyle: 'none', m: 0, mt: 4, p: 0, display: 'grid', gap: 4 }}>
              {fields.map((f, n) => (
                <Box component="li" key={f.key} sx={{ display: 'grid', gap: 3, alignItems: 'start', gridTemplateColumns: { xs: '1fr 1fr', sm: late.on ? '96px minmax(0, 1fr) 150px auto auto' : '120px minmax(0, 1fr) auto auto' } }}>
                  <NumberField name={`steps.${n}.days`} label={t('remind.days')} required />
                  <SelectField name={`steps.${n}.when`} label={t('remind.when')} options={(['before', 'after'] as const).map((w) => ({ value: w, label: t(`remind.${w}`) }))} />
                  {late.on && <Box sx={{ gridColumn: { xs: '1 / -1', sm: 'auto' } }}>{steps[n]?.when === 'after' && <MoneyField name={`steps.${n}.fee`} label={t('late.fee')} currency={late.currency} />}</Box>}
                  <Button sx={{ minHeight: 40, justifySelf: 'start' }} onClick={() => setWriting(n)} aria-label={`${t('remind.letter')}, ${n + 1}`}>{t('remind.letter')}</Button>
                  <IconButton sx={{ justifySelf: 'end' }} aria-label={t('remind.remove', { n: n + 1 })} disabled={!writes} onClick={() => remove(n)}><RemoveIcon fontSize="small" /></IconButton>
                </Box>
              ))}
              {writes && fields.length < 10 && <li><Button variant="outlined" startIcon={<AddIcon />} onClick={() => append({ days: 7, when: 'after', fee: null, texts: {} })}>{t('remind.add')}</Button></li>}
            </Box>
          )}
        </Section>
        <LateFees />
        {alert && <Alert severity="error" role="alert" sx={{ mt: 4 }}>{alert}</Alert>}
        {writes && (
          <Box sx={{ mt: 5, display: 'flex', gap: 2, flexWrap: 'wrap' }}>
            <Button type="submit" variant="contained" loading={form.formState.isSubmitting}>{t('remind.save')}</Button>
            {clientId && p.own && <Button onClick={() => void back()}>{t('remind.drop')}</Button>}
          </Box>
        )}
      </Box>
      {writing !== null && (
        <StepDialog step={text(writing)} writes={writes} onClose={() => setWriting(null)} onDone={(texts) => form.setValue(`steps.${writing}.texts`, texts, { shouldDirty: true })} />
      )}
    </FormProvider>
  );
}
