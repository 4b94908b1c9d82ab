import { codeOf, problemText } from '../../../shared/api/problem';
import { useT } from '../locale';
import { staffRoles, type StaffRole } from '../model';

export const isRole = (r: string): r is StaffRole => (staffRoles as readonly string[]).includes(r);

export function useRoleName() {
  const t = useT();
  return (role: string) => (isRole(role) || role === 'contact' ? t(`roles.${role}`) : role);
}

/** Refusals that a person can do something about, in words that say what. */
export function useRefusal() {
  const t = useT();
  return (e: unknown): string => {
    switch (codeOf(e)) {
      case 'identity.last_owner':
        return t('people.lastOwner');
      case 'identity.own_role':
        return t('people.ownRole');
      case 'identity.owners_only':
        return t('people.ownersOnly');
    }
    return problemText(e);
  };
}

/** A refusal in our own words, in the shape that dialogs show. */
export const said = (detail: string) => ({ kind: 'problem' as const, problem: { status: 409, detail } });

export const grantable = (mine: string | undefined): readonly StaffRole[] => (mine === 'owner' ? staffRoles : staffRoles.filter((r) => r !== 'owner'));
