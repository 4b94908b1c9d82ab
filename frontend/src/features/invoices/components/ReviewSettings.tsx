import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { SwitchField, TextField } from '../../../shared/ui/fields';
import { Form } from '../../../shared/ui/form';
import { Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useReviewSaveSettingsMutation, useReviewSettingsQuery, type InvoiceReviewSettings } from '../api';
import { useT } from '../locales/en';

const values = (s: InvoiceReviewSettings) => ({ required: s.required, reasons: s.reasons.join('\n') });

/** Whether drafts are reviewed before they are issued, and why time is written up or down. */
export function ReviewSettings({ writes }: { writes: boolean }) {
  const t = useT();
  const { data } = useReviewSettingsQuery();
  return <Section title={t('review.settings')}>{data ? <ReviewForm settings={data} writes={writes} /> : <SkeletonRows label={t('review.settings')} rows={7} />}</Section>;
}

function ReviewForm({ settings: s, writes }: { settings: InvoiceReviewSettings; writes: boolean }) {
  const t = useT();
  const [save] = useReviewSaveSettingsMutation();
  const form = useForm({ defaultValues: values(s), disabled: !writes });
  useEffect(() => form.reset(values(s), { keepDirtyValues: true }), [s, form]);
  return (
    <Form
      form={form}
      onSubmit={async (x) => {
        const saved = await save({ invoiceReviewSettingsInput: { required: x.required, reasons: x.reasons.split('\n').map((r) => r.trim()).filter(Boolean), version: s.version } }).unwrap();
        form.reset(values(saved));
        toast(t('settings.saved'));
      }}
    >
      <SwitchField name="required" label={t('review.required')} help={t('review.requiredHelp')} />
      <TextField name="reasons" label={t('review.reasons')} help={t('review.reasonsHelp')} multiline rows={6} />
    </Form>
  );
}
