import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import RemoveIcon from '@mui/icons-material/PersonRemoveOutlined';
import { useCan } from '../../../shared/lib/me';
import { Picker } from '../../../shared/ui/fields';
import { PersonAvatar, StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { boardOf, useNames, useProjectTasksQuery, useProjectsAddMemberMutation, useProjectsRemoveMemberMutation, type ProjectView } from '../api';
import { useT } from '../locales/en';

/** Who works on the project. */
export function PeopleTab({ project }: { project: ProjectView }) {
  const t = useT();
  const can = useCan();
  const { members, names } = useNames();
  const { data } = useProjectTasksQuery(boardOf(project.id));
  const [add] = useProjectsAddMemberMutation();
  const [remove] = useProjectsRemoveMemberMutation();
  const may = can('projects.projects.write') && project.state !== 'archived';
  const put = (id: string) => void add({ id: project.id, projectMember: { member_id: id } }).unwrap().catch(toast.failed);
  const takeOff = async (id: string) => {
    try {
      await remove({ id: project.id, memberId: id }).unwrap();
      toast(t('people.removed', { name: names(id) }), { undo: () => put(id) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const free = members.filter((m) => m.state === 'active' && !project.member_ids.includes(m.id)).map((m) => ({ value: m.id, label: m.name }));
  const open = (id: string) => (data ?? []).filter((x) => x.assignee_id === id && !x.completed_at).length;
  return (
    <Section>
      {may && <Box sx={{ maxWidth: 360, mb: 4 }}><Picker label={t('people.add')} placeholder={t('people.choose')} options={free} value="" onChange={(id) => id && put(id)} /></Box>}
      {project.member_ids.length === 0 && <EmptyState title={t('people.empty')} />}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {[...project.member_ids].sort((a, b) => names(a).localeCompare(names(b))).map((id) => (
          <Box component="li" key={id} sx={{ display: 'flex', alignItems: 'center', gap: 3, minHeight: 52, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}>
            <PersonAvatar name={names(id) || '…'} size={32} />
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <Typography className="said" sx={{ fontWeight: 560 }}>{names(id) || '…'}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('people.open', { count: open(id) })}</Typography>
            </Box>
            {id === project.manager_id && <StatusChip label={t('people.manager')} tone="brand" />}
            {may && <IconButton aria-label={t('people.remove', { name: names(id) })} onClick={() => void takeOff(id)}><RemoveIcon fontSize="small" /></IconButton>}
          </Box>
        ))}
      </Box>
    </Section>
  );
}
