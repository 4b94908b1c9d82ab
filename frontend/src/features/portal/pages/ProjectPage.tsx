import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { PortalComment } from '../../../shared/api/gen/portal.gen';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { later } from '../../../shared/ui/later';
import { Duration, Facts, PersonAvatar } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useAs, useMilestonesAsQuery, useProjectAsQuery } from '../api';
import { NotYet } from '../components/NotYet';
import { Milestones } from '../components/Milestones';
import { Progress, ProjectState } from '../components/parts';
import { useT } from '../locales/en';

const ReplyDialog = later(async () => (await import('../components/ReplyDialog')).ReplyDialog);

type Thread = { task: string; name: string; comments: PortalComment[] };

/** Comments by the task they are about, in the order in which the tasks came up. */
function threadsOf(all: PortalComment[]): Thread[] {
  const by = new Map<string, Thread>();
  for (const c of all) {
    const t = by.get(c.task_id) ?? { task: c.task_id, name: c.task_name, comments: [] };
    t.comments.push(c);
    by.set(c.task_id, t);
  }
  return [...by.values()];
}

export function ProjectPage() {
  const t = useT();
  const me = useMe();
  const { id = '' } = useParams();
  const { as, to } = useAs();
  const { data: p, error, refetch } = useProjectAsQuery({ as, id });
  const milestones = useMilestonesAsQuery({ as });
  const [replying, setReplying] = useState<Thread | null>(null);
  if (!p || milestones.isLoading) return <NotYet title={t('projects')} error={error} onRetry={() => void refetch()} />;
  const agreed = milestones.data?.items.filter((m) => m.project_id === id) ?? [];
  const threads = threadsOf(p.comments ?? []);
  return (
    <>
      <PageHeader up={{ to: to('/portal/projects'), label: t('projects') }} title={p.name} chip={<ProjectState state={p.state} />} sub={p.code} />
      <Section>
        <Progress project={p} />
        <Box sx={{ mt: 4 }}>
          <Facts
            items={[
              ...(p.starts_on ? [[t('starts'), formatDay(p.starts_on)] as [string, React.ReactNode]] : []),
              ...(p.due_on ? [[t('due'), formatDay(p.due_on)] as [string, React.ReactNode]] : []),
              ...(p.seconds === null ? [] : [[t('hours'), <Duration key="h" seconds={p.seconds} />] as [string, React.ReactNode]]),
            ]}
          />
        </Box>
      </Section>
      {agreed.length > 0 && (
        <>
          <Typography component="h2" variant="h3" sx={{ mt: 6, mb: 3 }}>{t('milestones')}</Typography>
          <Milestones rows={agreed} />
        </>
      )}
      <Typography component="h2" variant="h3" sx={{ mt: 6, mb: 3 }}>{t('comments')}</Typography>
      {threads.length === 0 && <EmptyState title={t('noComments')} text={t('noCommentsText', { agency: me?.agency.name ?? '' })} />}
      {threads.map((th) => (
        <Section key={th.task} title={th.name} action={as ? undefined : <Button size="small" onClick={() => setReplying(th)} aria-label={t('replyTo', { task: th.name })}>{t('reply')}</Button>}>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 4 }}>
            {th.comments.map((c) => (
              <Box component="li" key={c.id} sx={{ display: 'grid', gridTemplateColumns: '28px minmax(0, 1fr)', gap: 3 }}>
                <PersonAvatar name={c.author} />
                <Box>
                  <Typography variant="body2" sx={{ color: 'text.secondary' }}>{[c.author, c.own_side && t('you'), formatMoment(c.at)].filter(Boolean).join(' · ')}</Typography>
                  <Typography className="said" sx={{ whiteSpace: 'pre-wrap' }}>{c.body}</Typography>
                </Box>
              </Box>
            ))}
          </Box>
        </Section>
      ))}
      {replying && <ReplyDialog thread={replying} onClose={() => setReplying(null)} />}
    </>
  );
}
