import { useEffect } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useTimeRemindersPutMutation, type TimeRemindersView } from '../../../shared/api/gen/time.gen';
import { SelectField, SwitchField, TimeField } from '../../../shared/ui/fields';
import { FieldRow, Fields, Form } from '../../../shared/ui/form';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** When people are reminded of the week that is over, and of what. */
export function RemindersForm({ reminders, writes }: { reminders: TimeRemindersView; writes: boolean }) {
  const t = useT();
  const [put] = useTimeRemindersPutMutation();
  const form = useForm({ defaultValues: values(reminders), disabled: !writes });
  useEffect(() => form.reset(values(reminders), { keepDirtyValues: true }), [reminders, form]);
  const [missing, unsubmitted] = useWatch({ control: form.control, name: ['missing', 'unsubmitted'] });
  return (
    <Form
      form={form}
      submitLabel={t('time.remindersSave')}
      onSubmit={async (timeReminders) => {
        const saved = await put({ 'If-Match': `"${reminders.version}"`, timeReminders }).unwrap();
        form.reset(values(saved));
        toast(t('time.remindersSaved'));
      }}
    >
      <Section title={t('time.reminders')}>
        <Fields>
          <SwitchField name="missing" label={t('time.remindMissing')} help={t('time.remindersHelp')} />
          <SwitchField name="unsubmitted" label={t('time.remindUnsubmitted')} />
          {(missing || unsubmitted) && (
            <>
              <FieldRow>
                <SelectField name="weekday" label={t('time.remindDay')} options={weekdays.map((d) => ({ value: d, label: t(`agency.days.${d}`) }))} />
                <TimeField name="time" label={t('time.remindTime')} required />
              </FieldRow>
              <SelectField name="zone" label={t('time.remindZone')} help={t('time.remindZoneHelp')} options={(['agency', 'person'] as const).map((z) => ({ value: z, label: t(`time.remindZones.${z}`) }))} />
            </>
          )}
        </Fields>
      </Section>
    </Form>
  );
}

const values = ({ missing, unsubmitted, weekday, time, zone }: TimeRemindersView) => ({ missing, unsubmitted, weekday, time, zone });
