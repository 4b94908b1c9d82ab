import { valibotResolver } from '@hookform/resolvers/valibot';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useRateCardsCreateMutation, type RateCardView } from '../../../shared/api/gen/rates.gen';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CurrencyField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { NotInPlan, useLacks } from '../../../shared/ui/NotInPlan';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

type Values = { name: string; level: RateCardView['level']; client_id: string; project_id: string; currency: string };

export function NewCardDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const navigate = useNavigate();
  const [create] = useRateCardsCreateMutation();
  const schema = v.looseObject({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm<Values>({ resolver: valibotResolver(schema) as never, defaultValues: { name: '', level: 'agency', client_id: '', project_id: '', currency: '' } });
  const level = useWatch({ control: form.control, name: 'level' });
  const beyond = useLacks('custom_rates') && level !== 'agency';
  const [text, setText] = useState('');
  const q = useDebounced(text);
  const clients = useClientsListQuery({ q, limit: 50 }, { skip: level !== 'client' });
  const projects = useProjectsListQuery({ q, limit: 50 }, { skip: level !== 'project' });
  return (
    <FormDialog
      open
      title={t('new')}
      form={form}
      stopped={beyond}
      onClose={onClose}
      onSubmit={async (x) => {
        const made = await create({
          newRateCard: {
            name: x.name, level: x.level, ...(x.level === 'client' ? { client_id: x.client_id } : {}), ...(x.level === 'project' ? { project_id: x.project_id } : {}),
            ...(x.currency.trim() ? { currency: x.currency.trim().toUpperCase() } : {}),
          },
        }).unwrap();
        toast(t('saved'));
        onClose();
        void navigate(`/rates/${made.id}`);
      }}
    >
      <TextField name="name" label={t('name')} maxLength={80} autoFocus required />
      <FieldRow>
        <SelectField name="level" label={t('level')} options={(['agency', 'client', 'project'] as const).map((x) => ({ value: x, label: t(`levels.${x}`) }))} />
        <CurrencyField name="currency" label={t('currency')} help={t('currencyHelp')} />
      </FieldRow>
      {beyond && <NotInPlan feature="custom_rates" />}
      {level === 'client' && <AutocompleteField name="client_id" label={t('client')} required onSearch={setText} loading={clients.isFetching} options={(clients.data?.items ?? []).map((x) => ({ value: x.id, label: x.name, sub: x.code }))} />}
      {level === 'project' && <AutocompleteField name="project_id" label={t('project')} required onSearch={setText} loading={projects.isFetching} options={(projects.data?.items ?? []).map((x) => ({ value: x.id, label: x.name, sub: `${x.code} · ${x.client_name}` }))} />}
    </FormDialog>
  );
}
