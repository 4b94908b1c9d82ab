import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useLeaveApproveMutation, useLeaveListQuery, useLeaveRejectMutation, useLeaveTypesListQuery, type LeaveView } from '../../../shared/api/gen/leave.gen';
import { useStaff } from '../../../shared/api/members';
import { codeOf } from '../../../shared/api/problem';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { when } from '../model';
import { useT } from '../locales/en';

/** What waits for a decision, with who else is away left to the calendar beside it. */
export function ToDecide() {
  const t = useT();
  const list = useLeaveListQuery({ state: ['requested'], limit: 100 });
  const kinds = useLeaveTypesListQuery({ archived: true });
  const { nameOf } = useStaff();
  const [approve] = useLeaveApproveMutation();
  const [refusing, setRefusing] = useState<LeaveView | null>(null);
  const [own, setOwn] = useState<LeaveView | null>(null);
  const name = (l: LeaveView) => nameOf(l.member_id) || t('someone');
  const yes = async (l: LeaveView) => {
    try {
      await approve({ id: l.id, 'If-Match': `"${l.version}"`, leaveDecision: {} }).unwrap();
      toast(t('decide.approved'));
    } catch (e) {
      if (codeOf(e) === 'people.own_leave_reason') setOwn(l);
      else toast.failed(e);
    }
  };
  const items = list.data?.items;
  if (!items) return list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : <SkeletonRows label={t('decide.label')} rows={4} rowHeight={72} />;
  if (items.length === 0) return <Section><EmptyState title={t('decide.empty')} text={t('decide.emptyText')} /></Section>;
  return (
    <Section pad={false}>
      <Box component="ul" aria-label={t('decide.label')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
        {[...items].reverse().map((l) => {
          const kind = kinds.data?.items.find((k) => k.id === l.type_id);
          return (
            <Box component="li" key={l.id} sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, px: 4, py: 3 }}>
              <Box sx={{ flex: '1 1 240px', minWidth: 0 }}>
                <Typography sx={{ fontWeight: 560 }}>{name(l)}, {when(l)}</Typography>
                <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>{[kind?.name, t(`unit.${kind?.unit ?? 'days'}`, { count: l.takes }), l.note].filter(Boolean).join(' · ')}</Typography>
              </Box>
              <Button variant="outlined" color="inherit" sx={{ borderColor: 'divider' }} onClick={() => setRefusing(l)}>{t('decide.reject')}</Button>
              <Button variant="contained" onClick={() => void yes(l)}>{t('decide.approve')}</Button>
            </Box>
          );
        })}
      </Box>
      {refusing && <Refuse leave={refusing} name={name(refusing)} onClose={() => setRefusing(null)} />}
      {own && <Own leave={own} onClose={() => setOwn(null)} />}
    </Section>
  );
}

function Refuse({ leave, name, onClose }: { leave: LeaveView; name: string; onClose: () => void }) {
  const t = useT();
  const [reject] = useLeaveRejectMutation();
  const form = useForm({ defaultValues: { reason: '' } });
  const send = async ({ reason }: { reason: string }) => {
    await reject({ id: leave.id, 'If-Match': `"${leave.version}"`, leaveDecision: { reason } }).unwrap();
    toast(t('decide.rejected'));
    onClose();
  };
  return (
    <FormDialog open title={t('decide.rejectTitle', { name })} form={form} onSubmit={send} onClose={onClose} submitLabel={t('decide.reject')}>
      <TextField name="reason" label={t('decide.reason')} help={t('decide.reasonHelp', { name })} multiline rows={3} maxLength={500} autoFocus required />
    </FormDialog>
  );
}

function Own({ leave, onClose }: { leave: LeaveView; onClose: () => void }) {
  const t = useT();
  const [approve] = useLeaveApproveMutation();
  const form = useForm({ defaultValues: { own_reason: '' } });
  const send = async ({ own_reason }: { own_reason: string }) => {
    await approve({ id: leave.id, 'If-Match': `"${leave.version}"`, leaveDecision: { own_reason } }).unwrap();
    toast(t('decide.approved'));
    onClose();
  };
  return (
    <FormDialog open title={t('decide.ownTitle')} form={form} onSubmit={send} onClose={onClose} submitLabel={t('decide.approve')}>
      <Typography sx={{ color: 'text.secondary' }}>{t('decide.ownText')}</Typography>
      <TextField name="own_reason" label={t('decide.ownReason')} multiline rows={2} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
