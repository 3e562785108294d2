<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>AlertText</name>
    <message numerus="yes">
        <source>%1 has used %2 % of its values; at its growth they last %n more day(s).</source>
        <translation>
            <numerusform>%1 has used %2 % of its values; at its growth they last %n more day.</numerusform>
            <numerusform>%1 has used %2 % of its values; at its growth they last %n more days.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more key(s) of this instance are above the threshold.</source>
        <translation>
            <numerusform>%n more key of this instance is above the threshold.</numerusform>
            <numerusform>%n more keys of this instance are above the threshold.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>AttentionText</name>
    <message numerus="yes">
        <source>%n in no backup task</source>
        <translation>
            <numerusform>%n in no backup task</numerusform>
            <numerusform>%n in no backup task</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n never proved</source>
        <translation>
            <numerusform>%n never proved</numerusform>
            <numerusform>%n never proved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n backup(s) were missed</source>
        <translation>
            <numerusform>%1: %n backup was missed</numerusform>
            <numerusform>%1: %n backups were missed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n backup(s) have not started</source>
        <translation>
            <numerusform>%1: %n backup has not started</numerusform>
            <numerusform>%1: %n backups have not started</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The last good backup is %1 old; %n day(s) are allowed.</source>
        <translation>
            <numerusform>The last good backup is %1 old; %n day is allowed.</numerusform>
            <numerusform>The last good backup is %1 old; %n days are allowed.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more instance(s) have no good backup</source>
        <translation>
            <numerusform>%n more instance has no good backup</numerusform>
            <numerusform>%n more instances have no good backup</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) are in no backup task</source>
        <translation>
            <numerusform>%n instance is in no backup task</numerusform>
            <numerusform>%n instances are in no backup task</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) have never had a backup proved</source>
        <translation>
            <numerusform>%n instance has never had a backup proved</numerusform>
            <numerusform>%n instances have never had a backup proved</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) with no recent good backup</source>
        <translation>
            <numerusform>%n instance with no recent good backup</numerusform>
            <numerusform>%n instances with no recent good backup</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more backup(s) were found bad</source>
        <translation>
            <numerusform>%n more backup was found bad</numerusform>
            <numerusform>%n more backups were found bad</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConfigText</name>
    <message numerus="yes">
        <source>%n session(s) that are there keep the old value.</source>
        <translation>
            <numerusform>%n session that is there keeps the old value.</numerusform>
            <numerusform>%n sessions that are there keep the old value.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FleetStateText</name>
    <message numerus="yes">
        <source>primary, %n replica(s)</source>
        <translation>
            <numerusform>primary, %n replica</numerusform>
            <numerusform>primary, %n replicas</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>RunContent</name>
    <message numerus="yes">
        <source>%n run(s) selected</source>
        <translation>
            <numerusform>%n run selected</numerusform>
            <numerusform>%n runs selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>%n time</numerusform>
            <numerusform>%n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more error(s)</source>
        <translation>
            <numerusform>and %n more error</numerusform>
            <numerusform>and %n more errors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TimeRangeText</name>
    <message numerus="yes">
        <source>last %n day(s)</source>
        <translation>
            <numerusform>last day</numerusform>
            <numerusform>last %n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n hour(s)</source>
        <translation>
            <numerusform>last hour</numerusform>
            <numerusform>last %n hours</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::AcceptDialog</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accept %n difference(s)</source>
        <translation>
            <numerusform>Accept %n difference</numerusform>
            <numerusform>Accept %n differences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::BackupDialog</name>
    <message numerus="yes">
        <source>Back up %n instance(s)</source>
        <translation>
            <numerusform>Back up %n instance</numerusform>
            <numerusform>Back up %n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n host(s).</source>
        <translation>
            <numerusform>On %n host.</numerusform>
            <numerusform>On %n hosts.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>How much data %n of them hold(s) is not known.</source>
        <translation>
            <numerusform>How much data %n of them holds is not known.</numerusform>
            <numerusform>How much data %n of them hold is not known.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) have no repository of this name: %1. Their backups will fail.</source>
        <translation>
            <numerusform>%n host has no repository of this name: %1. Its backups will fail.</numerusform>
            <numerusform>%n hosts have no repository of this name: %1. Their backups will fail.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::BackupsPage</name>
    <message numerus="yes">
        <source>Back up %n instance(s)</source>
        <translation>
            <numerusform>Back up %n instance</numerusform>
            <numerusform>Back up %n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)…</source>
        <translation>
            <numerusform>Back up %n instance…</numerusform>
            <numerusform>Back up %n instances…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::FleetPage</name>
    <message numerus="yes">
        <source>%n instance(s) selected</source>
        <translation>
            <numerusform>%n instance selected</numerusform>
            <numerusform>%n instances selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)…</source>
        <translation>
            <numerusform>Back up %n instance…</numerusform>
            <numerusform>Back up %n instances…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) selected</source>
        <translation>
            <numerusform>%n host selected</numerusform>
            <numerusform>%n hosts selected</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::FleetTree</name>
    <message numerus="yes">
        <source>Back up %n instance(s)…</source>
        <translation>
            <numerusform>Back up %n instance…</numerusform>
            <numerusform>Back up %n instances…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::HistoryView</name>
    <message numerus="yes">
        <source>%n row(s) of the store could not be read; the charts have gaps there.</source>
        <translation>
            <numerusform>%n row of the store could not be read; the charts have a gap there.</numerusform>
            <numerusform>%n rows of the store could not be read; the charts have gaps there.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::SlowPage</name>
    <message numerus="yes">
        <source>%n instance(s) of this scope write no slow log: their statements are missing here.</source>
        <translation>
            <numerusform>%n instance of this scope writes no slow log: its statements are missing here.</numerusform>
            <numerusform>%n instances of this scope write no slow log: their statements are missing here.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n entries of the logs were not understood.</source>
        <translation>
            <numerusform>%n entry of the logs was not understood.</numerusform>
            <numerusform>%n entries of the logs were not understood.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) of the store could not be read.</source>
        <translation>
            <numerusform>%n row of the store could not be read.</numerusform>
            <numerusform>%n rows of the store could not be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n digest(s)</source>
        <translation>
            <numerusform>%n digest</numerusform>
            <numerusform>%n digests</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::KillPolicyDialog</name>
    <message numerus="yes">
        <source>For %n instance(s), unless something nearer says otherwise.</source>
        <translation>
            <numerusform>For %n instance, unless something nearer says otherwise.</numerusform>
            <numerusform>For %n instances, unless something nearer says otherwise.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill on %n instance(s)</source>
        <translation>
            <numerusform>Kill on %n instance</numerusform>
            <numerusform>Kill on %n instances</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::SqlPreviewModel</name>
    <message numerus="yes">
        <source>primary of %n</source>
        <translation>
            <numerusform>primary of %n</numerusform>
            <numerusform>primary of %n</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, and %n more</source>
        <translation>
            <numerusform>%1, and %n more</numerusform>
            <numerusform>%1, and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::StandardsPage</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n difference</numerusform>
            <numerusform>%n differences</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n accepted</source>
        <translation>
            <numerusform>%n accepted</numerusform>
            <numerusform>%n accepted</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Repair %n difference(s)…</source>
        <translation>
            <numerusform>Repair %n difference…</numerusform>
            <numerusform>Repair %n differences…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rule(s)</source>
        <translation>
            <numerusform>%n rule</numerusform>
            <numerusform>%n rules</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n rule(s)</source>
        <translation>
            <numerusform>Remove %n rule</numerusform>
            <numerusform>Remove %n rules</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TablePane</name>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 of %n row</numerusform>
            <numerusform>%1 of %n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TimeChart</name>
    <message numerus="yes">
        <source>%n other(s)</source>
        <translation>
            <numerusform>%n other</numerusform>
            <numerusform>%n others</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TodayPage</name>
    <message numerus="yes">
        <source>So far last night is good; %n backup(s) to go</source>
        <translation>
            <numerusform>So far last night is good; %n backup to go</numerusform>
            <numerusform>So far last night is good; %n backups to go</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of this night need attention</source>
        <translation>
            <numerusform>%n backup of this night needs attention</numerusform>
            <numerusform>%n backups of this night need attention</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of tonight need attention</source>
        <translation>
            <numerusform>%n backup of tonight needs attention</numerusform>
            <numerusform>%n backups of tonight need attention</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of last night need attention</source>
        <translation>
            <numerusform>%n backup of last night needs attention</numerusform>
            <numerusform>%n backups of last night need attention</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) done; no more of them start</source>
        <translation>
            <numerusform>%n backup done; no more of them start</numerusform>
            <numerusform>%n backups done; no more of them start</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bad one(s) were followed by a good backup of the same instance</source>
        <translation>
            <numerusform>%n bad one was followed by a good backup of the same instance</numerusform>
            <numerusform>%n bad ones were followed by good backups of the same instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bad one(s) were followed by another bad one of the same task and instance</source>
        <translation>
            <numerusform>%n bad one was followed by another bad one of the same task and instance</numerusform>
            <numerusform>%n bad ones were followed by other bad ones of the same task and instance</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n skipped</source>
        <translation>
            <numerusform>%n skipped</numerusform>
            <numerusform>%n skipped</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cancelled</source>
        <translation>
            <numerusform>%n cancelled</numerusform>
            <numerusform>%n cancelled</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to go</source>
        <translation>
            <numerusform>%n to go</numerusform>
            <numerusform>%n to go</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n done</source>
        <translation>
            <numerusform>%n done</numerusform>
            <numerusform>%n done</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::Actions</name>
    <message numerus="yes">
        <source>Retry requested for %n run(s)</source>
        <translation>
            <numerusform>Retry requested</numerusform>
            <numerusform>Retry requested for %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancellation requested for %n run(s)</source>
        <translation>
            <numerusform>Cancellation requested</numerusform>
            <numerusform>Cancellation requested for %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Given up: %n run(s) count(s) as failed</source>
        <translation>
            <numerusform>Given up: the run counts as failed</numerusform>
            <numerusform>Given up: %n runs count as failed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Backup of %n instance(s) requested</source>
        <translation>
            <numerusform>Backup of %n instance requested</numerusform>
            <numerusform>Backup of %n instances requested</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Verification of %n backup(s) requested</source>
        <translation>
            <numerusform>Verification of %n backup requested</numerusform>
            <numerusform>Verification of %n backups requested</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::Asking</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, on %n host(s)</source>
        <translation>
            <numerusform>%1, on %n host</numerusform>
            <numerusform>%1, on %n hosts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) get(s) one more attempt: %1.</source>
        <translation>
            <numerusform>%n run gets one more attempt: %1.</numerusform>
            <numerusform>%n runs get one more attempt: %1.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Retry %n run(s)</source>
        <translation>
            <numerusform>Retry %n run</numerusform>
            <numerusform>Retry %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of %1. Each is restored into a scratch directory of its host and removed again: %2 are written there in all.</source>
        <translation>
            <numerusform>%n backup of %1. It is restored into a scratch directory of its host and removed again: %2 are written there.</numerusform>
            <numerusform>%n backups of %1. Each is restored into a scratch directory of its host and removed again: %2 are written in all.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Verify %n backup(s)</source>
        <translation>
            <numerusform>Verify %n backup</numerusform>
            <numerusform>Verify %n backups</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancel %n run(s)</source>
        <translation>
            <numerusform>Cancel %n run</numerusform>
            <numerusform>Cancel %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Count %n run(s) as failed</source>
        <translation>
            <numerusform>Count %n run as failed</numerusform>
            <numerusform>Count %n runs as failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::ConfigController</name>
    <message numerus="yes">
        <source>Change a variable on %n instance(s)</source>
        <translation>
            <numerusform>Change a variable on %n instance</numerusform>
            <numerusform>Change a variable on %n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take %n change(s) back</source>
        <translation>
            <numerusform>Take %n change back</numerusform>
            <numerusform>Take %n changes back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The configuration of %n instance(s) is changed, as the preview shows.</source>
        <translation>
            <numerusform>The configuration of %n instance is changed, as the preview shows.</numerusform>
            <numerusform>The configuration of %n instances is changed, as the preview shows.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change %n instance(s)</source>
        <translation>
            <numerusform>Change %n instance</numerusform>
            <numerusform>Change %n instances</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::ConsoleContext</name>
    <message numerus="yes">
        <source>%n request(s) of yours have not reached the store yet. Closing now loses them.</source>
        <translation>
            <numerusform>%n request of yours has not reached the store yet. Closing now loses it.</numerusform>
            <numerusform>%n requests of yours have not reached the store yet. Closing now loses them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of them are sent with your key by this window. What has reached a host goes on there; the next window of yours, or a headless instance, records how it ended.</source>
        <translation>
            <numerusform>%n of them is sent with your key by this window. What has reached a host goes on there; the next window of yours, or a headless instance, records how it ended.</numerusform>
            <numerusform>%n of them are sent with your key by this window. What has reached a host goes on there; the next window of yours, or a headless instance, records how it ended.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) in progress: %1.</source>
        <translation>
            <numerusform>%n run in progress: %1.</numerusform>
            <numerusform>%n runs in progress: %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::FailureNotices</name>
    <message numerus="yes">
        <source>%n runs have failed</source>
        <translation>
            <numerusform>%n run has failed</numerusform>
            <numerusform>%n runs have failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::SqlAnswers</name>
    <message numerus="yes">
        <source>All %n instance(s) answer the same.</source>
        <translation>
            <numerusform>The only instance has answered.</numerusform>
            <numerusform>All %n instances answer the same.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 answer like %3; %n instance(s) differ.</source>
        <translation>
            <numerusform>%1 of %2 answer like %3; %n instance differs.</numerusform>
            <numerusform>%1 of %2 answer like %3; %n instances differ.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::SqlShelf</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 and %n more</numerusform>
            <numerusform>%1 and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::StandardsController</name>
    <message numerus="yes">
        <source>Repair differences on %n instance(s)</source>
        <translation>
            <numerusform>Repair differences on %n instance</numerusform>
            <numerusform>Repair differences on %n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accept %n difference(s)</source>
        <translation>
            <numerusform>Accept %n difference</numerusform>
            <numerusform>Accept %n differences</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rule(s) are removed; farther rules and peers hold there instead:</source>
        <translation>
            <numerusform>%n rule is removed; farther rules and peers hold there instead:</numerusform>
            <numerusform>%n rules are removed; farther rules and peers hold there instead:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n rule(s)</source>
        <translation>
            <numerusform>Remove %n rule</numerusform>
            <numerusform>Remove %n rules</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::StatusLine</name>
    <message numerus="yes">
        <source>%n headless instance(s)</source>
        <translation>
            <numerusform>%n headless instance</numerusform>
            <numerusform>%n headless instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s)</source>
        <translation>
            <numerusform>%n alert</numerusform>
            <numerusform>%n alerts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::SessionsView</name>
    <message numerus="yes">
        <source>%n more instance(s) cannot be read.</source>
        <translation>
            <numerusform>%n more instance cannot be read.</numerusform>
            <numerusform>%n more instances cannot be read.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) had no room in the lists.</source>
        <translation>
            <numerusform>%n session had no room in the lists.</numerusform>
            <numerusform>%n sessions had no room in the lists.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s)</source>
        <translation>
            <numerusform>%n instance</numerusform>
            <numerusform>%n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n session</numerusform>
            <numerusform>%n sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Read every %n second(s) while this list is on the screen</source>
        <translation>
            <numerusform>Read every second while this list is on the screen</numerusform>
            <numerusform>Read every %n seconds while this list is on the screen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n statement(s)</source>
        <translation>
            <numerusform>Kill %n statement</numerusform>
            <numerusform>Kill %n statements</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n connection(s)</source>
        <translation>
            <numerusform>Kill %n connection</numerusform>
            <numerusform>Kill %n connections</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::RightsCheck</name>
    <message numerus="yes">
        <source>Nothing is missing: all %n checks of the agent passed.</source>
        <translation>
            <numerusform>Nothing is missing: the check of the agent passed.</numerusform>
            <numerusform>Nothing is missing: all %n checks of the agent passed.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::SessionsController</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed row(s) of open transactions are rolled back.</source>
        <translation>
            <numerusform>%n changed row of open transactions is rolled back.</numerusform>
            <numerusform>%n changed rows of open transactions are rolled back.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No more than %n at once.</source>
        <translation>
            <numerusform>No more than %n at once.</numerusform>
            <numerusform>No more than %n at once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n connection(s) end(s):</source>
        <translation>
            <numerusform>%n connection ends:</numerusform>
            <numerusform>%n connections end:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s) end(s):</source>
        <translation>
            <numerusform>%n statement ends:</numerusform>
            <numerusform>%n statements end:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n connection(s)</source>
        <translation>
            <numerusform>Kill %n connection</numerusform>
            <numerusform>Kill %n connections</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n statement(s)</source>
        <translation>
            <numerusform>Kill %n statement</numerusform>
            <numerusform>Kill %n statements</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Killed %n connection(s)</source>
        <translation>
            <numerusform>Killed %n connection</numerusform>
            <numerusform>Killed %n connections</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Killed %n statement(s)</source>
        <translation>
            <numerusform>Killed %n statement</numerusform>
            <numerusform>Killed %n statements</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::BackupsController</name>
    <message numerus="yes">
        <source>%1: %n new slow statement(s)</source>
        <translation>
            <numerusform>%1: %n new slow statement</numerusform>
            <numerusform>%1: %n new slow statements</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::ConfigDialog</name>
    <message numerus="yes">
        <source>Leave out the %n instance(s) that refuse it</source>
        <translation>
            <numerusform>Leave out the %n instance that refuses it</numerusform>
            <numerusform>Leave out the %n instances that refuse it</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Changed on %n instance(s).</source>
        <translation>
            <numerusform>Changed on %n instance.</numerusform>
            <numerusform>Changed on %n instances.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) refuse it: nothing is sent.</source>
        <translation>
            <numerusform>%n instance refuses it: nothing is sent.</numerusform>
            <numerusform>%n instances refuse it: nothing is sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change %n instance(s)</source>
        <translation>
            <numerusform>Change %n instance</numerusform>
            <numerusform>Change %n instances</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::ConfigPage</name>
    <message numerus="yes">
        <source>%n value(s) that a start changes</source>
        <translation>
            <numerusform>%n value that a start changes</numerusform>
            <numerusform>%n values that a start changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more not read: select fewer in the tree</source>
        <translation>
            <numerusform>%n more not read: select fewer in the tree</numerusform>
            <numerusform>%n more not read: select fewer in the tree</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change a variable on %n instance(s)…</source>
        <translation>
            <numerusform>Change a variable on %n instance…</numerusform>
            <numerusform>Change a variable on %n instances…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n variable(s)</source>
        <translation>
            <numerusform>%n variable</numerusform>
            <numerusform>%n variables</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Change on %n instance(s)…</source>
        <translation>
            <numerusform>Change on %n instance…</numerusform>
            <numerusform>Change on %n instances…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s)</source>
        <translation>
            <numerusform>%n change</numerusform>
            <numerusform>%n changes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Take %n change(s) back…</source>
        <translation>
            <numerusform>Take %n change back…</numerusform>
            <numerusform>Take %n changes back…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::EditorPane</name>
    <message numerus="yes">
        <source>%n replaced</source>
        <translation>
            <numerusform>%n replaced</numerusform>
            <numerusform>%n replaced</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::SqlPage</name>
    <message numerus="yes">
        <source>%1 · %n target(s)</source>
        <translation>
            <numerusform>%1 · %n target</numerusform>
            <numerusform>%1 · %n targets</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n target(s): %2</source>
        <translation>
            <numerusform>%1: %n target: %2</numerusform>
            <numerusform>%1: %n targets: %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n second(s) between waves.</source>
        <translation>
            <numerusform>%n second between waves.</numerusform>
            <numerusform>%n seconds between waves.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A lag beyond %n second(s) stops it.</source>
        <translation>
            <numerusform>A lag beyond %n second stops it.</numerusform>
            <numerusform>A lag beyond %n seconds stops it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>More than %n running statement(s) on an instance stop it.</source>
        <translation>
            <numerusform>More than %n running statement on an instance stops it.</numerusform>
            <numerusform>More than %n running statements on an instance stop it.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TargetDialog</name>
    <message numerus="yes">
        <source>Use %n instance(s)</source>
        <translation>
            <numerusform>Use %n instance</numerusform>
            <numerusform>Use %n instances</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::SqlController</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s):</source>
        <translation>
            <numerusform>%n statement:</numerusform>
            <numerusform>%n statements:</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n instance(s): %1</source>
        <translation>
            <numerusform>On %n instance: %1</numerusform>
            <numerusform>On %n instances: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s)</source>
        <translation>
            <numerusform>%n statement</numerusform>
            <numerusform>%n statements</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s)</source>
        <translation>
            <numerusform>%n instance</numerusform>
            <numerusform>%n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A script of %1 with %n statement(s) is too long: at most 3 MiB and 10,000 statements run at once. Select a part of it, or use several.</source>
        <translation>
            <numerusform>A script of %1 with %n statement is too long: at most 3 MiB and 10,000 statements run at once. Select a part of it, or use several.</numerusform>
            <numerusform>A script of %1 with %n statements is too long: at most 3 MiB and 10,000 statements run at once. Select a part of it, or use several.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::AlertsPage</name>
    <message numerus="yes">
        <source>%n alert(s)</source>
        <translation>
            <numerusform>%n alert</numerusform>
            <numerusform>%n alerts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Acknowledge %n alert(s)</source>
        <translation>
            <numerusform>Acknowledge %n alert</numerusform>
            <numerusform>Acknowledge %n alerts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::EditHostsDialog</name>
    <message numerus="yes">
        <source>Change %n host(s)</source>
        <translation>
            <numerusform>Change %n host</numerusform>
            <numerusform>Change %n hosts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TaskCalendarView</name>
    <message numerus="yes">
        <source>What comes in the next %n hour(s)</source>
        <translation>
            <numerusform>What comes in the next hour</numerusform>
            <numerusform>What comes in the next %n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nothing is due in the next %n hour(s).</source>
        <translation>
            <numerusform>Nothing is due in the next hour.</numerusform>
            <numerusform>Nothing is due in the next %n hours.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more host(s) have less to do.</source>
        <translation>
            <numerusform>%n more host has less to do.</numerusform>
            <numerusform>%n more hosts have less to do.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) begin</source>
        <translation>
            <numerusform>%n run begins</numerusform>
            <numerusform>%n runs begin</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) of work</source>
        <translation>
            <numerusform>about %n minute of work</numerusform>
            <numerusform>about %n minutes of work</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TaskDialog</name>
    <message numerus="yes">
        <source>%n target(s) now</source>
        <translation>
            <numerusform>%n target now</numerusform>
            <numerusform>%n targets now</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n missed</source>
        <translation>
            <numerusform>%n missed</numerusform>
            <numerusform>%n missed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::TasksPage</name>
    <message numerus="yes">
        <source>%n backup(s) of each instance</source>
        <translation>
            <numerusform>%n backup of each instance</numerusform>
            <numerusform>%n backups of each instance</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::AlertsController</name>
    <message numerus="yes">
        <source>%n alert(s) acknowledged</source>
        <translation>
            <numerusform>%n alert acknowledged</numerusform>
            <numerusform>%n alerts acknowledged</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::HostsController</name>
    <message numerus="yes">
        <source>%1, %n core(s), %2 of memory.</source>
        <translation>
            <numerusform>%1, %n core, %2 of memory.</numerusform>
            <numerusform>%1, %n cores, %2 of memory.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) changed</source>
        <translation>
            <numerusform>%n host changed</numerusform>
            <numerusform>%n hosts changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) on it have not ended; they are given up.</source>
        <translation>
            <numerusform>%n run on it has not ended; it is given up.</numerusform>
            <numerusform>%n runs on it have not ended; they are given up.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::TasksController</name>
    <message numerus="yes">
        <source>Begin %n run(s)</source>
        <translation>
            <numerusform>Begin %n run</numerusform>
            <numerusform>Begin %n runs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) of %1 requested</source>
        <translation>
            <numerusform>%n run of %1 requested</numerusform>
            <numerusform>%n runs of %1 requested</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It is for %n instance(s) now.</source>
        <translation>
            <numerusform>It is for %n instance now.</numerusform>
            <numerusform>It is for %n instances now.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::FirstSteps</name>
    <message numerus="yes">
        <source>%n host(s) are in the fleet</source>
        <translation>
            <numerusform>%n host is in the fleet</numerusform>
            <numerusform>%n hosts are in the fleet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>with %n instance(s).</source>
        <translation>
            <numerusform>with %n instance.</numerusform>
            <numerusform>with %n instances.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are defined.</source>
        <translation>
            <numerusform>%n task is defined.</numerusform>
            <numerusform>%n tasks are defined.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TaskText</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>day</numerusform>
            <numerusform>%n days</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s)</source>
        <translation>
            <numerusform>hour</numerusform>
            <numerusform>%n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>minute</numerusform>
            <numerusform>%n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ZabbixLines</name>
    <message numerus="yes">
        <source>%n host(s) of Zabbix match; choose one with “zandbctl zabbix choose”</source>
        <translation>
            <numerusform>%n host of Zabbix matches; choose one with “zandbctl zabbix choose”</numerusform>
            <numerusform>%n hosts of Zabbix match; choose one with “zandbctl zabbix choose”</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::ShardsPage</name>
    <message numerus="yes">
        <source>the first %n shard(s)</source>
        <translation>
            <numerusform>the first shard</numerusform>
            <numerusform>the first %n shards</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s)</source>
        <translation>
            <numerusform>%n shard</numerusform>
            <numerusform>%n shards</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n logical database(s)</source>
        <translation>
            <numerusform>%n logical database</numerusform>
            <numerusform>%n logical databases</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n finding</numerusform>
            <numerusform>%n findings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s) could not be read</source>
        <translation>
            <numerusform>%n shard could not be read</numerusform>
            <numerusform>%n shards could not be read</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::ShardsController</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s) have owners that are not of this fleet: %1</source>
        <translation>
            <numerusform>%n shard has an owner that is not of this fleet: %1</numerusform>
            <numerusform>%n shards have owners that are not of this fleet: %1</numerusform>
        </translation>
    </message>
</context>
</TS>
