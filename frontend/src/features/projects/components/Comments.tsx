import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import ClientIcon from '@mui/icons-material/VisibilityOutlined';
import DeleteIcon from '@mui/icons-material/DeleteOutlineRounded';
import EditIcon from '@mui/icons-material/EditOutlined';
import TeamIcon from '@mui/icons-material/LockOutlined';
import { useState } from 'react';
import { formatAgo, formatMoment } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { PersonAvatar } from '../../../shared/ui/small';
import { ErrorState, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { TextInput } from '../../../shared/ui/TextInput';
import { etag, useTaskCommentsChangeMutation, useTaskCommentsCreateMutation, useTaskCommentsDeleteMutation, useTaskCommentsListQuery, type CommentView, type TaskView } from '../api';
import { useT } from '../locales/en';

// What the client sees has a colour of its own everywhere, so that nobody writes to the wrong side.
const clientSide = { borderColor: 'warning.main', bgcolor: 'color-mix(in srgb, var(--mui-palette-warning-main) 9%, var(--mui-palette-background-paper))' } as const;

export function Comments({ task }: { task: TaskView }) {
  const t = useT();
  const can = useCan();
  const { data, error, refetch } = useTaskCommentsListQuery({ id: task.id, limit: 200 });
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <SkeletonRows label={t('task.comments')} rows={3} rowHeight={64} />;
  return (
    <>
      {data.items.length === 0 && <Typography sx={{ color: 'text.secondary', mb: 3 }}>{t('comment.none')}</Typography>}
      <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>{data.items.map((c) => <Comment key={c.id} comment={c} />)}</Box>
      {can('projects.comments.write') && !task.archived_at && <Write taskId={task.id} />}
    </>
  );
}

/** Whether a comment is for the team or for the client, in a word, an icon and a colour. */
function Side({ client }: { client: boolean }) {
  const t = useT();
  const Icon = client ? ClientIcon : TeamIcon;
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 1, fontSize: 12, fontWeight: 600, color: client ? 'warning.main' : 'text.secondary' }}>
      <Icon aria-hidden sx={{ fontSize: 14 }} />{client ? t('comment.client') : t('comment.team')}
    </Box>
  );
}

function Comment({ comment: c }: { comment: CommentView }) {
  const t = useT();
  const common = useCommon();
  const me = useMe();
  const [editing, setEditing] = useState<string | null>(null);
  const [deleting, setDeleting] = useState(false);
  const [change, { isLoading }] = useTaskCommentsChangeMutation();
  const [remove] = useTaskCommentsDeleteMutation();
  const mine = c.author_id !== null && c.author_id === me?.member_id;
  const save = async () => {
    if (!editing?.trim()) return;
    try {
      await change({ id: c.id, 'If-Match': etag(c.version), commentChange: { body: editing.trim() } }).unwrap();
      setEditing(null);
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box component="li" sx={{ border: 1, borderRadius: 1, p: 3, mb: 3, ...(c.for_client ? clientSide : { borderColor: 'divider' }) }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap', mb: 1 }}>
        <PersonAvatar name={c.author_name || '?'} size={24} />
        <Typography variant="body2" sx={{ fontWeight: 600 }}>{c.author_name}</Typography>
        {c.author_kind === 'contact' && <Typography variant="caption">{t('comment.fromClient')}</Typography>}
        <Typography variant="caption" component="time" dateTime={c.created_at} title={formatMoment(c.created_at)} sx={{ color: 'text.secondary' }}>{formatAgo(c.created_at)}{c.edited_at && ` · ${t('comment.edited')}`}</Typography>
        <Box sx={{ flex: 1 }} />
        <Side client={c.for_client} />
      </Box>
      {editing === null ? <Typography className="said" sx={{ whiteSpace: 'pre-wrap' }}>{c.body}</Typography> : (
        <>
          <TextInput multiline minRows={2} value={editing} onChange={(e) => setEditing(e.target.value)} slotProps={{ htmlInput: { 'aria-label': t('comment.edit'), maxLength: 10_000 } }} />
          <Box sx={{ display: 'flex', gap: 2, mt: 2 }}><Button size="small" variant="contained" loading={isLoading} onClick={() => void save()}>{common('action.save')}</Button><Button size="small" color="inherit" onClick={() => setEditing(null)}>{common('action.cancel')}</Button></Box>
        </>
      )}
      {mine && editing === null && (
        <Box sx={{ display: 'flex', justifyContent: 'flex-end', mt: 1 }}>
          <IconButton size="small" aria-label={t('comment.edit')} onClick={() => setEditing(c.body)}><EditIcon sx={{ fontSize: 16 }} /></IconButton>
          <IconButton size="small" aria-label={t('comment.delete')} onClick={() => setDeleting(true)}><DeleteIcon sx={{ fontSize: 16 }} /></IconButton>
        </Box>
      )}
      <ConfirmDialog open={deleting} danger title={t('comment.delete')} text={t('comment.deleteText')} confirmLabel={t('comment.delete')} onConfirm={() => remove({ id: c.id }).unwrap()} onClose={() => setDeleting(false)} />
    </Box>
  );
}

function Write({ taskId }: { taskId: string }) {
  const t = useT();
  const [client, setClient] = useState(false);
  const [body, setBody] = useState('');
  const [create, { isLoading }] = useTaskCommentsCreateMutation();
  const send = async () => {
    if (!body.trim() || isLoading) return;
    try {
      await create({ id: taskId, newComment: { body: body.trim(), for_client: client } }).unwrap();
      setBody((now) => (now === body ? '' : now)); // what was typed meanwhile is of the next one
      setClient(false); // the next one is for the team again, unless somebody says so
    } catch (e) {
      toast.failed(e);
    }
  };
  return (
    <Box component="form" onSubmit={(e: React.FormEvent) => { e.preventDefault(); void send(); }} sx={{ border: 1, borderRadius: 1, p: 3, ...(client ? clientSide : { borderColor: 'divider' }) }}>
      {/* The comment may show before it is known to be sent: until then this is about that one. */}
      <ToggleButtonGroup exclusive size="small" fullWidth disabled={isLoading} value={client ? 'client' : 'team'} onChange={(_, v: string | null) => v && setClient(v === 'client')} aria-label={t('comment.who')} sx={{ mb: 3 }}>
        <ToggleButton value="team" sx={{ gap: 2, textTransform: 'none', color: 'text.primary' }}><TeamIcon sx={{ fontSize: 16 }} />{t('comment.team')}</ToggleButton>
        <ToggleButton value="client" sx={{ gap: 2, textTransform: 'none', color: 'text.primary', '&.Mui-selected': { fontWeight: 650 } }}><ClientIcon sx={{ fontSize: 16 }} />{t('comment.client')}</ToggleButton>
      </ToggleButtonGroup>
      <TextInput multiline minRows={2} value={body} onChange={(e) => setBody(e.target.value)} placeholder={client ? t('comment.writeClient') : t('comment.write')} slotProps={{ htmlInput: { 'aria-label': client ? t('comment.writeClient') : t('comment.write'), maxLength: 10_000 } }}
        onKeyDown={(e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey) && void send()} />
      {client && <Alert severity="warning" sx={{ mt: 2 }}>{t('comment.warning')}</Alert>}
      <Button type="submit" variant="contained" color={client ? 'warning' : 'primary'} loading={isLoading} disabled={!body.trim()} sx={{ mt: 3 }}>{client ? t('comment.sendClient') : t('comment.send')}</Button>
    </Box>
  );
}
