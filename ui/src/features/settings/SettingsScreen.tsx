import { useNavigation } from "../../app/navigation";
import { BackButton } from "../../primitives/BackButton";
import { SectionsPage } from "../../primitives/SectionsPage";
import { useWords } from "../../words/words";
import { AfterSignOutPanel, LanguagePanel, ThemePanel } from "./ChoicePanels";
import { DevicePasskeysPanel } from "./DevicePasskeysPanel";
import { DiagnosticsPanel } from "./DiagnosticsPanel";
import { InstancesPanel } from "./InstancesPanel";
import { LockPanel } from "./LockPanel";
import { NetworkPanel } from "./NetworkPanel";
import { SignOutAllPanel } from "./SignOutAllPanel";
import { BackgroundPanel, BrowserPanel, ProgramsPanel, ToolsPanel } from "./SwitchesPanel";
import { VaultPanel } from "./VaultPanel";

/** The window's looks, the keychain, the network, the instances, and facts for whoever helps. */
export function SettingsScreen() {
  const words = useWords();
  const { back } = useNavigation();
  return (
    <SectionsPage
      head={
        <header className="page-top">
          <BackButton onBack={back} />
          <h1 tabIndex={-1}>{words.settings.title}</h1>
        </header>
      }
      sections={[
        { id: "appearance", title: words.settings.appearance, content: <ThemePanel /> },
        { id: "language", title: words.settings.language, content: <LanguagePanel /> },
        { id: "background", title: words.settings.background, content: <BackgroundPanel /> },
        { id: "keychain", title: words.settings.keychain, content: <VaultPanel /> },
        {
          id: "passkeys",
          title: words.passkeys.deviceTitle,
          lead: words.passkeys.deviceLead,
          content: <DevicePasskeysPanel />,
        },
        { id: "lock", title: words.lock.section, content: <LockPanel /> },
        { id: "network", title: words.network.title, lead: words.network.lead, content: <NetworkPanel /> },
        {
          id: "instances",
          title: words.settings.instances,
          lead: words.settings.instancesLead,
          content: <InstancesPanel />,
        },
        { id: "browser", title: words.settings.browser, content: <BrowserPanel /> },
        { id: "after-sign-out", title: words.settings.afterSignOut, content: <AfterSignOutPanel /> },
        { id: "programs", title: words.settings.programs, content: <ProgramsPanel /> },
        { id: "tools", title: words.settings.tools, content: <ToolsPanel /> },
        { id: "sign-out", title: words.settings.signOutAllTitle, content: <SignOutAllPanel /> },
        {
          id: "diagnostics",
          title: words.settings.diagnostics,
          lead: words.settings.diagnosticsLead,
          content: <DiagnosticsPanel />,
        },
      ]}
    />
  );
}
