import { registerLocale } from '../../../shared/lib/i18n';

export const useT = registerLocale('planning', {
  title: 'Plan', mine: 'My plan', book: 'Book', bookFor: 'Book {{name}}', bookOn: 'Book {{name}} on {{day}}', previous: 'Weeks before', next: 'Weeks after', today: 'This week',
  label: 'Plan for {{range}}', person: 'Person', everybody: 'Everybody', project: 'Project', anyProject: 'All projects', state: 'State', anyState: 'Confirmed and tentative',
  confirmed: 'Confirmed', tentative: 'Tentative', nobody: 'Nobody is booked in these weeks.', nobodyMine: 'You are not booked in these weeks.', nobodyMineWeek: 'You are not booked in this week.', nobodyOne: '{{name}} is not booked in these weeks.', nobodyOneWeek: '{{name}} is not booked in this week.', nobodyFits: 'No booking of these weeks fits the filters.', nobodyFitsWeek: 'No booking of this week fits the filters.', more: 'More people', legend: 'Hours booked on each day. “!” is more than the day has room for; “?” only with what is tentative (dashed). Days off are hatched.',
  empty: 'Nobody to plan', bars: 'Bookings of {{name}}', bar: '{{what}}, {{range}}, {{amount}}', barTentative: '{{what}}, {{range}}, {{amount}}, tentative',
  load: '{{name}}, {{day}}: {{booked}} of {{available}} booked', off: '{{name}}, {{day}}: off', over: '{{load}}, {{by}} too much', overTentative: '{{load}}, too much with what is tentative',
  day: { load: '{{booked}} of {{available}}', off: 'Off', over: '{{by}} too much', overTentative: 'Too much with what is tentative', none: 'Nothing booked' },
  amount: { per_day: '{{hours}} a day', total: '{{hours}} in total', percent: '{{percent}} %' },
  form: {
    new: 'New booking', edit: 'Booking', save: 'Save', create: 'Book', first: 'First day', last: 'Last day', kind: 'How much', per_day: 'Hours per day', total: 'Hours in total', percent: 'Percent of capacity', hours: 'Hours', share: 'Percent', note: 'Note',
    needProject: 'Choose a project', needMember: 'Choose a person', remove: 'Remove',
  },
  tab: { label: 'Parts of the plan', plan: 'Bookings', bench: 'Who is free' },
  bench: { label: 'Who is free, {{range}}', of: '{{free}} of {{available}} free', held: '{{hours}} more without what is tentative', cell: '{{name}}, {{range}}: {{what}}', sum: 'Altogether', legend: 'Hours that no booking takes, from today on. “+4:00?” would be free too without what is tentative.' },
  keys: 'Arrow keys walk through the days, Enter books.',
  made: 'Booked', changed: 'Booking changed', removed: 'Booking removed',
});
