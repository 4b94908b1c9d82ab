/** A line of the sidebar, declared beside a feature's routes. The shell knows its icon, text and place by `key`. */
export type NavItem = { to: string; key: 'home' | 'time' | 'leave' | 'expenses' | 'approvals' | 'plan' | 'team' | 'projects' | 'tasks' | 'clients' | 'retainers' | 'invoices' | 'rates' | 'people' | 'audit' | 'settings'; permission?: string };
