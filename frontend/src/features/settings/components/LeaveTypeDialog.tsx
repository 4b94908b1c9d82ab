import Box from '@mui/material/Box';
import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useLeaveTypesChangeMutation, useLeaveTypesCreateMutation, type LeaveTypeView } from '../../../shared/api/gen/leave.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, NumberField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

type Values = { name: string; unit: 'days' | 'hours'; accrual: 'none' | 'year' | 'month'; allowance: number | null; starts_on: string; capped: boolean; carry_cap: number | null; carry_months: number | null; approval: boolean; paid: boolean; overdraw: boolean };

/** A kind of leave: what it is counted in, how much of it comes when, and what goes over. */
export function LeaveTypeDialog({ kind, onClose }: { kind: LeaveTypeView | null; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useLeaveTypesCreateMutation();
  const [change] = useLeaveTypesChangeMutation();
  const number = v.nullable(v.number());
  const schema = v.object({
    name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(80)), unit: v.picklist(['days', 'hours']), accrual: v.picklist(['none', 'year', 'month']),
    allowance: number, starts_on: v.string(), capped: v.boolean(), carry_cap: number, carry_months: number, approval: v.boolean(), paid: v.boolean(), overdraw: v.boolean(),
  });
  const form = useForm<Values>({
    resolver: valibotResolver(schema),
    defaultValues: {
      name: kind?.name ?? '', unit: kind?.unit ?? 'days', accrual: kind?.accrual ?? 'year', allowance: kind?.allowance ?? 25, starts_on: kind?.starts_on ?? '',
      capped: kind ? kind.carry_cap !== null : true, carry_cap: kind?.carry_cap ?? 5, carry_months: kind?.carry_months ?? 3,
      approval: kind?.approval ?? true, paid: kind?.paid ?? true, overdraw: kind?.overdraw ?? false,
    },
  });
  const [accrual, capped, unit] = useWatch({ control: form.control, name: ['accrual', 'capped', 'unit'] });
  const counts = accrual !== 'none';
  const save = async ({ unit: u, capped: limited, carry_cap, carry_months, allowance, starts_on, paid, approval, ...x }: Values) => {
    const same = { ...x, allowance: allowance ?? 0, carry_months: carry_months ?? 0, ...(starts_on && { starts_on }) };
    if (kind) await change({ id: kind.id, 'If-Match': `"${kind.version}"`, leaveTypeChange: { ...same, paid, approval, ...(limited ? { carry_cap: carry_cap ?? 0 } : { carry_all: true }) } }).unwrap();
    else await create({ leaveTypeInput: { ...same, unit: u, unpaid: !paid, no_approval: !approval, ...(limited && { carry_cap: carry_cap ?? 0 }) } }).unwrap();
    toast(t('leave.saved'));
    onClose();
  };
  const two = { display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '1fr 1fr' } };
  return (
    <FormDialog open title={t(kind ? 'leave.edit' : 'leave.add')} form={form} onClose={onClose} onSubmit={save}>
      <TextField name="name" label={t('leave.name')} maxLength={80} autoFocus required />
      <Box sx={two}>
        <SelectField name="unit" label={t('leave.unit')} help={t('leave.unitHelp')} disabled={kind !== null} options={(['days', 'hours'] as const).map((x) => ({ value: x, label: t(`leave.${x}`) }))} />
        <SelectField name="accrual" label={t('leave.accrual')} options={(['year', 'month', 'none'] as const).map((x) => ({ value: x, label: t(`leave.${x}`) }))} />
      </Box>
      {counts && (
        <>
          <Box sx={two}>
            <NumberField name="allowance" label={t('leave.allowance')} unit={t(`leave.${unit}`).toLowerCase()} />
            <DateField name="starts_on" label={t('leave.startsOn')} />
          </Box>
          <SwitchField name="capped" label={t('leave.capped')} />
          {capped && (
            <Box sx={two}>
              <NumberField name="carry_cap" label={t('leave.cap')} unit={t(`leave.${unit}`).toLowerCase()} />
              <NumberField name="carry_months" label={t('leave.carryMonths')} help={t('leave.carryMonthsHelp')} />
            </Box>
          )}
          <SwitchField name="overdraw" label={t('leave.overdraw')} />
        </>
      )}
      <SwitchField name="approval" label={t('leave.approval')} />
      <SwitchField name="paid" label={t('leave.paid')} />
    </FormDialog>
  );
}
