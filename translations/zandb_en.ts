<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
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
    <name>zandb::BackupsPage</name>
    <message numerus="yes">
        <source>Back up %n instance(s)</source>
        <translation>
            <numerusform>Back up %n instance</numerusform>
            <numerusform>Back up %n instances</numerusform>
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
    <name>zandb::TodayPage</name>
    <message numerus="yes">
        <source>%n backup(s) of last night need a look</source>
        <translation>
            <numerusform>%n backup of last night needs a look</numerusform>
            <numerusform>%n backups of last night need a look</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>So far last night is good; %n backup(s) to go</source>
        <translation>
            <numerusform>So far last night is good; %n backup to go</numerusform>
            <numerusform>So far last night is good; %n backups to go</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of tonight need a look</source>
        <translation>
            <numerusform>%n backup of tonight needs a look</numerusform>
            <numerusform>%n backups of tonight need a look</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::Actions</name>
    <message numerus="yes">
        <source>Backup of %n instance(s) asked for</source>
        <translation>
            <numerusform>Backup of %n instance asked for</numerusform>
            <numerusform>Backup of %n instances asked for</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::ConsoleContext</name>
    <message numerus="yes">
        <source>Start a backup of %n instance(s) now?</source>
        <translation>
            <numerusform>Start a backup of %n instance now?</numerusform>
            <numerusform>Start a backup of %n instances now?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)</source>
        <translation>
            <numerusform>Back up %n instance</numerusform>
            <numerusform>Back up %n instances</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) are under way: %1.</source>
        <translation>
            <numerusform>%n run is under way: %1.</numerusform>
            <numerusform>%n runs are under way: %1.</numerusform>
        </translation>
    </message>
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
</context>
</TS>
