import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import CloseIcon from '@mui/icons-material/CloseRounded';
import { valibotResolver } from '@hookform/resolvers/valibot';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useApprovalRoutesListQuery, useApprovalRoutesPutMutation } from '../../../shared/api/gen/time.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, SelectField } from '../../../shared/ui/fields';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

const routes = ['anyone', 'lead', 'manager', 'lead_manager', 'manager_lead'] as const;

/** Projects whose time is approved by another route than the agency's. */
export function ProjectRoutes() {
  const t = useT();
  const list = useApprovalRoutesListQuery();
  const projects = useProjectsListQuery({ limit: 200 });
  const [put] = useApprovalRoutesPutMutation();
  const [adding, setAdding] = useState(false);
  const options = (projects.data?.items ?? []).map((p) => ({ value: p.id, label: `${p.code} ${p.name}` }));
  const nameOf = (id: string) => options.find((o) => o.value === id)?.label ?? '…';
  const items = list.data?.items ?? [];
  return (
    <Section title={t('time.ownRoutes')} action={<Button variant="outlined" onClick={() => setAdding(true)}>{t('time.ownRoutesAdd')}</Button>}>
      {items.length === 0 ? <Typography sx={{ color: 'text.secondary' }}>{t('time.ownRoutesNone')}</Typography> : (
        <Box component="ul" aria-label={t('time.ownRoutes')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {items.map((x) => (
            <Box component="li" key={x.project_id} sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
              <Typography noWrap sx={{ flex: 1, minWidth: 0 }}>{nameOf(x.project_id)}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t(`time.routes.${x.route}`)}</Typography>
              <IconButton size="small" aria-label={t('time.ownRoutesRemove', { name: nameOf(x.project_id) })} onClick={() => void put({ id: x.project_id, approvalRouteInput: {} }).unwrap().catch(toast.failed)}><CloseIcon fontSize="small" /></IconButton>
            </Box>
          ))}
        </Box>
      )}
      {adding && <AddDialog options={options} onClose={() => setAdding(false)} />}
    </Section>
  );
}

function AddDialog({ options, onClose }: { options: { value: string; label: string }[]; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [put] = useApprovalRoutesPutMutation();
  const form = useForm({ resolver: valibotResolver(v.object({ id: v.pipe(v.string(), v.minLength(1, c('error.required'))), route: v.picklist(routes) })), defaultValues: { id: '', route: 'lead' as (typeof routes)[number] } });
  return (
    <FormDialog
      open title={t('time.ownRoutesAdd')} form={form} onClose={onClose}
      onSubmit={async ({ id, route }) => {
        await put({ id, approvalRouteInput: { route } }).unwrap();
        toast(t('time.ownRoutesSaved'));
        onClose();
      }}
    >
      <AutocompleteField name="id" label={t('time.ownRoutesProject')} options={options} />
      <SelectField name="route" label={t('time.approvalRoute')} options={routes.map((r) => ({ value: r, label: t(`time.routes.${r}`) }))} />
    </FormDialog>
  );
}
