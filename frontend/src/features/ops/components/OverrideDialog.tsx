import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { addDays, today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, SelectField, TextField } from '../../../shared/ui/fields';
import { useOpsOverridesGrantMutation, type NewOpsOverride } from '../api';
import { useT } from '../locales/en';

const plans = ['starter', 'professional', 'enterprise'] as const;
const levels = ['full', 'grace', 'read_only', 'suspended'] as const;
const month = 30;

/** Grants an agency more, or less, than it pays for, with a reason and an end. */
export function OverrideDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [grant] = useOpsOverridesGrantMutation();
  const schema = v.object({
    plan: v.string(), level: v.string(), max_seats: v.pipe(v.string(), v.regex(/^\d{0,6}$/, c('error.number'))),
    reason: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(500)), expires_at: v.pipe(v.string(), v.isoDate(c('error.required'))),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { plan: '', level: '', max_seats: '', reason: '', expires_at: addDays(today(), month) } });
  const keep = { value: '', label: t('billing.keep') };
  return (
    <FormDialog
      open
      title={t('billing.grant')}
      form={form}
      submitLabel={t('billing.grant')}
      onClose={onClose}
      onSubmit={async (x) => {
        const body: NewOpsOverride = {
          plan: (x.plan || undefined) as NewOpsOverride['plan'], level: (x.level || undefined) as NewOpsOverride['level'], max_seats: x.max_seats ? Number(x.max_seats) : undefined,
          reason: x.reason, expires_at: `${x.expires_at}T23:59:59Z`,
        };
        await grant({ id, newOpsOverride: body }).unwrap();
        onClose();
      }}
    >
      <SelectField name="plan" label={t('billing.plan')} options={[keep, ...plans.map((p) => ({ value: p, label: t(`plans.${p}`) }))]} />
      <SelectField name="level" label={t('billing.level')} options={[keep, ...levels.map((l) => ({ value: l, label: t(`billing.levels.${l}`) }))]} />
      <TextField name="max_seats" label={t('billing.maxSeats')} />
      <DateField name="expires_at" label={t('billing.expires')} required />
      <TextField name="reason" label={t('reason')} help={t('reasonHelp')} maxLength={500} required />
    </FormDialog>
  );
}
