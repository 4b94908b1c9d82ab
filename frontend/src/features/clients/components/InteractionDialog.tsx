import { valibotResolver } from '@hookform/resolvers/valibot';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useContactsListQuery, useInteractionsChangeMutation, useInteractionsCreateMutation, type MomentView } from '../../../shared/api/gen/clients.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { browserZone } from '../../../shared/lib/zones';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, NumberField, SelectField, TextField, TimeField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { ifMatch } from '../api';
import { useT } from '../locales/en';
import { momentOf, partsOf } from '../model';

export type Kind = 'note' | 'call' | 'meeting';

type Values = { subject: string; body: string; contact_id: string; minutes: number | null; happened_at: string; time: string };

export function InteractionDialog({ clientId, kind, entry, onClose }: { clientId: string; kind: Kind; entry?: MomentView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const people = useContactsListQuery({ clientId }).data?.items ?? [];
  const [create] = useInteractionsCreateMutation();
  const [change] = useInteractionsChangeMutation();
  const zone = useMe()?.agency.time_zone || browserZone();
  const [at] = useState(() => partsOf(entry?.happened_at ?? new Date().toISOString(), zone));
  const schema = v.looseObject({ subject: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm<Values>({
    resolver: valibotResolver(schema) as never,
    defaultValues: { subject: entry?.label ?? '', body: entry?.body ?? '', contact_id: entry?.contact_id ?? '', minutes: entry?.minutes ?? null, happened_at: at.day, time: at.time },
  });
  const save = async (x: Values) => {
    const moved = x.happened_at !== at.day || x.time !== at.time;
    const happened = moved ? { happened_at: momentOf(x.happened_at, x.time, zone) } : {};
    if (entry) {
      await change({
        id: entry.id, 'If-Match': ifMatch(entry.version ?? 0),
        interactionChange: { subject: x.subject, body: x.body, contact_id: x.contact_id, ...(kind === 'note' ? {} : { minutes: x.minutes ?? 0 }), ...happened },
      }).unwrap();
    } else {
      await create({
        id: clientId,
        newInteraction: { kind, subject: x.subject, body: x.body, ...(x.contact_id ? { contact_id: x.contact_id } : {}), ...(x.minutes === null ? {} : { minutes: x.minutes }), ...happened },
      }).unwrap();
    }
    toast(t('timeline.saved'));
    onClose();
  };
  return (
    <FormDialog open title={entry ? t('timeline.editEntry') : t(`timeline.${kind}`)} form={form} onSubmit={save} onClose={onClose}>
      <TextField name="subject" label={t('timeline.subject')} maxLength={200} autoFocus required />
      <TextField name="body" label={t('timeline.body')} multiline rows={4} maxLength={10_000} />
      <FieldRow>
        <DateField name="happened_at" label={t('timeline.when')} />
        <TimeField name="time" label={t('timeline.time')} />
        {kind !== 'note' && <NumberField name="minutes" label={t('timeline.minutes')} unit={t('timeline.minutesUnit')} />}
      </FieldRow>
      {people.length > 0 && <SelectField name="contact_id" label={t('timeline.with')} empty="–" options={people.map((p) => ({ value: p.id, label: p.name }))} />}
    </FormDialog>
  );
}
