import { useTimesheetsGetQuery } from '../../../shared/api/gen/time.gen';
import { useStaff } from '../../../shared/api/members';
import { useT } from '../locales/en';

/** Whom the week waits for, and who has decided about it. */
export function Standing({ id }: { id: string }) {
  const t = useT();
  const { nameOf } = useStaff();
  const { data } = useTimesheetsGetQuery({ id });
  const waiting = (data?.waiting ?? []).filter((w) => w.member_id).map((w) => t('sheet.waitsFor', { name: nameOf(w.member_id) || t('sheet.somebody'), count: w.lines }));
  const done = (data?.decisions ?? []).filter((d) => d.decision === 'approved').map((d) => t('sheet.approvedBy', { name: nameOf(d.decided_by) || t('sheet.somebody'), count: d.lines }));
  if (waiting.length === 0) return <>{t('sheet.waiting')}</>;
  return <>{[...done.reverse(), ...waiting].join(' · ')}</>;
}
