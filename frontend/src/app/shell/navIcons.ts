import Approvals from '@mui/icons-material/FactCheckOutlined';
import Clients from '@mui/icons-material/ApartmentOutlined';
import Expenses from '@mui/icons-material/PaymentsOutlined';
import Home from '@mui/icons-material/SpaceDashboardOutlined';
import Invoices from '@mui/icons-material/ReceiptLongOutlined';
import Leave from '@mui/icons-material/BeachAccessOutlined';
import People from '@mui/icons-material/GroupOutlined';
import Plan from '@mui/icons-material/CalendarViewWeekOutlined';
import Projects from '@mui/icons-material/FolderOutlined';
import Rates from '@mui/icons-material/SellOutlined';
import Retainers from '@mui/icons-material/HourglassBottomOutlined';
import Settings from '@mui/icons-material/SettingsOutlined';
import Audit from '@mui/icons-material/HistoryOutlined';
import Tasks from '@mui/icons-material/TaskAltOutlined';
import Team from '@mui/icons-material/InsightsOutlined';
import Time from '@mui/icons-material/ScheduleOutlined';
import type { NavItem } from '../../shared/lib/nav';

export const icons: Record<NavItem['key'], typeof Home> = {
  home: Home, time: Time, leave: Leave, expenses: Expenses, approvals: Approvals, plan: Plan, team: Team, tasks: Tasks, projects: Projects, clients: Clients, retainers: Retainers, invoices: Invoices, rates: Rates, people: People, audit: Audit, settings: Settings,
};
