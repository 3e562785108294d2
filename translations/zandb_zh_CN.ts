<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AlertText</name>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Host %1 does not answer</source>
        <translation>主机 %1 没有应答</translation>
    </message>
    <message>
        <source>%1 is down</source>
        <translation>%1 已停止</translation>
    </message>
    <message>
        <source>Replication of %1 is broken</source>
        <translation>%1 的复制已中断</translation>
    </message>
    <message>
        <source>%1 is behind its source</source>
        <translation>%1 落后于其源</translation>
    </message>
    <message>
        <source>Disk %1 is filling up</source>
        <translation>磁盘 %1 即将写满</translation>
    </message>
    <message>
        <source>%1 has no recent good backup</source>
        <translation>%1 近期没有良好的备份</translation>
    </message>
    <message>
        <source>The backups of %1 were not proved lately</source>
        <translation>%1 的备份近期未经验证</translation>
    </message>
    <message>
        <source>The headless instance on %1 has stopped</source>
        <translation>%1 上的后台服务已停止</translation>
    </message>
    <message>
        <source>Fewer headless instances run than should</source>
        <translation>运行中的后台服务少于应有数量</translation>
    </message>
    <message>
        <source>%1 of %2 has failed</source>
        <translation>%2 的 %1 失败</translation>
    </message>
    <message>
        <source>%1 of %2 is late</source>
        <translation>%2 的 %1 已延迟</translation>
    </message>
    <message>
        <source>%1 of %2 was missed</source>
        <translation>%2 的 %1 已错过</translation>
    </message>
    <message>
        <source>Last heard of: %1. Look whether its sshd and agent run.</source>
        <translation>最后一次应答：%1。请检查其 sshd 和代理是否在运行。</translation>
    </message>
    <message>
        <source>Source %1, error %2: %3</source>
        <translation>源 %1，错误 %2：%3</translation>
    </message>
    <message>
        <source>%1 s behind</source>
        <translation>落后 %1 秒</translation>
    </message>
    <message>
        <source>Full in about %1 days.</source>
        <translation>约 %1 天后写满。</translation>
    </message>
    <message>
        <source>%1 of %2 bytes are free.</source>
        <translation>剩余 %1 字节，共 %2 字节。</translation>
    </message>
    <message>
        <source>The last one: %1. Allowed are %2 days.</source>
        <translation>最近一次：%1。允许 %2 天。</translation>
    </message>
    <message>
        <source>Since %1. Look at its journal, and start it again.</source>
        <translation>自 %1 起。请查看其日志并重新启动。</translation>
    </message>
    <message>
        <source>%1 run, %2 should.</source>
        <translation>运行中 %1 个，应有 %2 个。</translation>
    </message>
    <message>
        <source>Messages to %1 cannot be delivered</source>
        <translation>发往 %1 的消息无法送达</translation>
    </message>
    <message>
        <source>They are kept and sent later. See &quot;zandbctl channel log&quot;.</source>
        <translation>消息会保留并稍后重发。请查看“zandbctl channel log”。</translation>
    </message>
    <message>
        <source>The store&apos;s clock went back</source>
        <translation>元数据库的时钟被调回</translation>
    </message>
    <message>
        <source>The store&apos;s clock jumped ahead</source>
        <translation>元数据库的时钟突然超前</translation>
    </message>
    <message>
        <source>Task %1 does not run: it cannot be read</source>
        <translation>任务 %1 未运行：其定义无法读取</translation>
    </message>
    <message>
        <source>Schedules are held until the clock is believed again. Check the time of the metadata store&apos;s server.</source>
        <translation>在时钟恢复可信之前，计划暂停执行。请检查元数据库服务器的时间。</translation>
    </message>
    <message>
        <source>Acknowledged by %1, %2.</source>
        <translation>%1 已于 %2 确认。</translation>
    </message>
    <message>
        <source>Its definition is wrong at &quot;%1&quot;: %2. Define it again as a whole with &quot;zandbctl task edit&quot;.</source>
        <translation>其定义中的“%1”有误：%2。请用“zandbctl task edit”完整地重新定义。</translation>
    </message>
    <message>
        <source>Its newest one is of %1.</source>
        <translation>最新的一份备份于 %1。</translation>
    </message>
    <message>
        <source>It was never backed up.</source>
        <translation>它从未备份过。</translation>
    </message>
    <message>
        <source>The last dump failed: %1</source>
        <translation>最近一次转储失败：%1</translation>
    </message>
    <message>
        <source>Name a directory for its dumps under [store_backup] in the headless instance&apos;s settings file, or put the instance it lies on into a backup task.</source>
        <translation>请在后台服务的设置文件的 [store_backup] 下指定转储目录，或将其所在的实例加入备份任务。</translation>
    </message>
    <message>
        <source>The metadata store has no recent backup</source>
        <translation>元数据库没有近期的备份</translation>
    </message>
    <message>
        <source>Keys of %1 come near their end</source>
        <translation>%1 的主键或整数键即将用尽</translation>
    </message>
    <message>
        <source>%1 has no value left: inserts fail.</source>
        <translation>%1 已没有可用的值：插入会失败。</translation>
    </message>
    <message numerus="yes">
        <source>%1 has used %2 % of its values; at its growth they last %n more day(s).</source>
        <translation>
            <numerusform>%1 已用去 %2 % 的值；按其增长速度还能用 %n 天。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 has used %2 % of its values.</source>
        <translation>%1 已用去 %2 % 的值。</translation>
    </message>
    <message numerus="yes">
        <source>%n more key(s) of this instance are above the threshold.</source>
        <translation>
            <numerusform>该实例另有 %n 个键超过阈值。</numerusform>
        </translation>
    </message>
    <message>
        <source>&quot;zandbctl check keys&quot; lists them. A larger type needs ALTER TABLE, which writes the table anew.</source>
        <translation>“zandbctl check keys”会列出它们。换成更大的类型需要 ALTER TABLE，它会重写整张表。</translation>
    </message>
    <message>
        <source>%1: a statement is sent much more often than usual</source>
        <translation>%1：某语句的执行次数远多于平常</translation>
    </message>
    <message>
        <source>%1: a statement is slower than usual</source>
        <translation>%1：某语句比平常慢</translation>
    </message>
    <message>
        <source>%1 calls in five minutes, usually %2.</source>
        <translation>五分钟内 %1 次，平常 %2 次。</translation>
    </message>
    <message>
        <source>p95 %1, usually %2.</source>
        <translation>p95 为 %1，平常为 %2。</translation>
    </message>
    <message>
        <source>The archived binlogs of %1 have a hole</source>
        <translation>%1 归档的 binlog 有缺口</translation>
    </message>
    <message>
        <source>Backups or archived binlogs of %1 are lost</source>
        <translation>%1 的备份或归档 binlog 已丢失</translation>
    </message>
    <message>
        <source>%1 will soon remove binlogs that are still needed</source>
        <translation>%1 即将删除仍然需要的 binlog</translation>
    </message>
    <message>
        <source>The binlogs of %1 are not archived</source>
        <translation>%1 的 binlog 没有归档</translation>
    </message>
    <message>
        <source>Nothing later than %1 can be restored, until a backup is taken: after %2 the next file does not follow.</source>
        <translation>在再次备份之前，%1 之后的时刻都无法恢复：%2 之后的文件不连续。</translation>
    </message>
    <message>
        <source>Missing: %1.</source>
        <translation>缺少：%1。</translation>
    </message>
    <message>
        <source>Archived files that are lost or damaged: %1. Backups that their repository has no longer whole: %2. The first is %3; &quot;zandbctl binlog window&quot; names them all and says what can still be restored.</source>
        <translation>丢失或损坏的归档文件：%1。存储库中不再完整的备份：%2。第一个是 %3；&quot;zandbctl binlog window&quot; 列出全部，并说明还能恢复到哪些时刻。</translation>
    </message>
    <message>
        <source>The archive is behind since %1, and the server removes its files after %2 h.</source>
        <translation>归档自 %1 起落后，而服务器在 %2 小时后删除文件。</translation>
    </message>
    <message>
        <source>The newest good backup is of %1, and the server removes its files after %2 h. Take a backup, archive the binlogs, or keep them longer.</source>
        <translation>最新的有效备份是 %1 的，而服务器在 %2 小时后删除文件。请备份、归档 binlog，或延长其保留时间。</translation>
    </message>
    <message>
        <source>Since %1.</source>
        <translation>自 %1 起。</translation>
    </message>
</context>
<context>
    <name>AttentionText</name>
    <message>
        <source>%1: backup failed</source>
        <translation>%1：备份失败</translation>
    </message>
    <message>
        <source>%1: backup is taking too long</source>
        <translation>%1：备份耗时过长</translation>
    </message>
    <message>
        <source>%1: backup has not started</source>
        <translation>%1：备份尚未开始</translation>
    </message>
    <message>
        <source>%1: backup was missed</source>
        <translation>%1：备份已错过</translation>
    </message>
    <message>
        <source>Running for %1.</source>
        <translation>已运行 %1。</translation>
    </message>
    <message>
        <source>Due %1.</source>
        <translation>应于 %1 执行。</translation>
    </message>
    <message>
        <source>%1: %2 of %3 left</source>
        <translation>%1：%3 仅剩 %2</translation>
    </message>
    <message>
        <source>%1 free of %2.</source>
        <translation>剩余 %1，共 %2。</translation>
    </message>
    <message>
        <source>Lag %1 s.</source>
        <translation>延迟 %1 秒。</translation>
    </message>
    <message numerus="yes">
        <source>%n in no backup task</source>
        <translation>
            <numerusform>%n 个不在任何备份任务中</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n never proved</source>
        <translation>
            <numerusform>%n 个从未验证</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n backup(s) were missed</source>
        <translation>
            <numerusform>%1：错过了 %n 个备份</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %n backup(s) have not started</source>
        <translation>
            <numerusform>%1：%n 个备份尚未开始</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The last good backup is %1 old; %n day(s) are allowed.</source>
        <translation>
            <numerusform>最近的有效备份距今 %1；允许 %n 天。</numerusform>
        </translation>
    </message>
    <message>
        <source>It has never been backed up.</source>
        <translation>从未备份过。</translation>
    </message>
    <message>
        <source>It is in no backup task.</source>
        <translation>它不在任何备份任务中。</translation>
    </message>
    <message>
        <source>%1: no good backup</source>
        <translation>%1：没有有效备份</translation>
    </message>
    <message numerus="yes">
        <source>%n more instance(s) have no good backup</source>
        <translation>
            <numerusform>另有 %n 个实例没有有效备份</numerusform>
        </translation>
    </message>
    <message>
        <source>None, or none younger than their group allows. The Fleet page lists the last one of each.</source>
        <translation>没有备份，或备份超过了所在组允许的期限。“主机群”页面列出每个实例最近的备份。</translation>
    </message>
    <message>
        <source>%1: in no backup task</source>
        <translation>%1：不在任何备份任务中</translation>
    </message>
    <message>
        <source>Its last good backup was made by hand.</source>
        <translation>最近的有效备份是手动完成的。</translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) are in no backup task</source>
        <translation>
            <numerusform>%n 个实例不在任何备份任务中</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing backs them up by itself.</source>
        <translation>没有任务会自动备份它们。</translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) have never had a backup proved</source>
        <translation>
            <numerusform>%n 个实例的备份从未验证过</numerusform>
        </translation>
    </message>
    <message>
        <source>Only a backup that was restored and checked is known to be worth something. Verify one of each.</source>
        <translation>只有恢复并检查过的备份才确定可用。请为每个实例验证一个备份。</translation>
    </message>
    <message>
        <source>%1: backed up nothing</source>
        <translation>%1：没有备份任何实例</translation>
    </message>
    <message>
        <source>%1: outcome of the backup is unknown</source>
        <translation>%1：备份结果未知</translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) with no recent good backup</source>
        <translation>
            <numerusform>%n 个实例最近没有有效备份</numerusform>
        </translation>
    </message>
    <message>
        <source>Its data may be out of date.</source>
        <translation>其数据可能已过时。</translation>
    </message>
    <message>
        <source>%1: backup was found bad</source>
        <translation>%1：备份已被发现损坏</translation>
    </message>
    <message>
        <source>%1: the backup of %2 was found bad</source>
        <translation>%1：%2 的备份被发现已损坏</translation>
    </message>
    <message numerus="yes">
        <source>%n more backup(s) were found bad</source>
        <translation>
            <numerusform>另有 %n 个备份被发现已损坏</numerusform>
        </translation>
    </message>
    <message>
        <source>Nobody watches the hosts: no headless instance is alive</source>
        <translation>没有人在监视主机：没有运行中的后台服务</translation>
    </message>
    <message>
        <source>How they are now is not known. Start one with &quot;zandbctl serve&quot;.</source>
        <translation>主机的当前状态未知。请用“zandbctl serve”启动一个后台服务。</translation>
    </message>
</context>
<context>
    <name>BackupLevel</name>
    <message>
        <source>copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>prepared</source>
        <translation>已准备</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>已验证</translation>
    </message>
    <message>
        <source>compared</source>
        <translation>已比对</translation>
    </message>
    <message>
        <source>replayed</source>
        <translation>已重放</translation>
    </message>
</context>
<context>
    <name>BackupObjects</name>
    <message>
        <source>tables: %1</source>
        <translation>表：%1</translation>
    </message>
    <message>
        <source>views: %1</source>
        <translation>视图：%1</translation>
    </message>
    <message>
        <source>sequences: %1</source>
        <translation>序列：%1</translation>
    </message>
    <message>
        <source>functions: %1</source>
        <translation>函数：%1</translation>
    </message>
    <message>
        <source>procedures: %1</source>
        <translation>存储过程：%1</translation>
    </message>
    <message>
        <source>packages: %1</source>
        <translation>包：%1</translation>
    </message>
    <message>
        <source>package bodies: %1</source>
        <translation>包体：%1</translation>
    </message>
    <message>
        <source>triggers: %1</source>
        <translation>触发器：%1</translation>
    </message>
    <message>
        <source>events: %1</source>
        <translation>事件：%1</translation>
    </message>
</context>
<context>
    <name>BackupText</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>存储大小</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Proved</source>
        <translation>验证级别</translation>
    </message>
    <message>
        <source>Restore took</source>
        <translation>恢复耗时</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表数</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位点</translation>
    </message>
    <message>
        <source>GTID</source>
        <translation>GTID</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>备份仓库</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>过期时间</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>注意</translation>
    </message>
    <message>
        <source>Found bad</source>
        <translation>发现损坏</translation>
    </message>
    <message>
        <source>Found at</source>
        <translation>发现时间</translation>
    </message>
</context>
<context>
    <name>BackupWarning</name>
    <message>
        <source>The server itself could not read these views: %1</source>
        <translation>服务器自身也无法读取这些视图：%1</translation>
    </message>
    <message>
        <source>The server has no such account as the definer of: %1</source>
        <translation>服务器上没有以下对象的定义者账户：%1</translation>
    </message>
    <message>
        <source>Only the current rows, without the history of system versioning: %1</source>
        <translation>仅含当前行，不含系统版本历史：%1</translation>
    </message>
    <message>
        <source>Restored with the default sql_mode instead of their own: %1</source>
        <translation>恢复时使用默认 sql_mode 而非其自身的：%1</translation>
    </message>
    <message>
        <source>The account lacks these rights, so not all objects may have been listed: %1</source>
        <translation>账户缺少这些权限，列出的对象可能不全：%1</translation>
    </message>
    <message>
        <source>This backup does not allow to compare: %1</source>
        <translation>此备份无法比较：%1</translation>
    </message>
    <message>
        <source>In the copy, but not in the list of the backup: %1</source>
        <translation>恢复结果中有，但备份清单中没有：%1</translation>
    </message>
    <message>
        <source>These views could not be read in the copy: %1</source>
        <translation>恢复结果中这些视图无法读取：%1</translation>
    </message>
    <message>
        <source>The copy lacks the account of the definer of: %1</source>
        <translation>恢复结果中缺少以下对象的定义者账户：%1</translation>
    </message>
    <message>
        <source>numbers of rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>names of objects</source>
        <translation>对象名称</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>另有 %1 个</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>ChartParts</name>
    <message>
        <source>Copy this chart</source>
        <translation>复制此图表</translation>
    </message>
    <message>
        <source>Copy as picture</source>
        <translation>复制为图片</translation>
    </message>
    <message>
        <source>Copy as data</source>
        <translation>复制为数据</translation>
    </message>
</context>
<context>
    <name>ChartText</name>
    <message>
        <source>d</source>
        <comment>days, beside an axis</comment>
        <translation>天</translation>
    </message>
    <message>
        <source>h</source>
        <comment>hours, beside an axis</comment>
        <translation>小时</translation>
    </message>
    <message>
        <source>min</source>
        <comment>minutes, beside an axis</comment>
        <translation>分钟</translation>
    </message>
</context>
<context>
    <name>ConfigText</name>
    <message>
        <source>a start changes it</source>
        <translation>启动后会改变</translation>
    </message>
    <message>
        <source>set, agrees</source>
        <translation>已设置，一致</translation>
    </message>
    <message>
        <source>not set</source>
        <translation>未设置</translation>
    </message>
    <message>
        <source>command line</source>
        <translation>命令行</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>Cut off by a crash; the agent took it back.</source>
        <translation>因崩溃而中断，代理已撤回。</translation>
    </message>
    <message>
        <source>Takes effect with the next start.</source>
        <translation>下次启动后生效。</translation>
    </message>
    <message>
        <source>The server took another value than asked.</source>
        <translation>服务器采用了与要求不同的值。</translation>
    </message>
    <message>
        <source>This is no replica: applications cannot write any more.</source>
        <translation>这不是副本：应用将无法再写入。</translation>
    </message>
    <message>
        <source>Nobody reaches the server over the network after its next start, replicas neither.</source>
        <translation>下次启动后，任何人（包括副本）都无法通过网络连接该服务器。</translation>
    </message>
    <message>
        <source>Applications, replicas and monitoring look for the server where it was, until they are told.</source>
        <translation>应用、副本和监控在得到通知之前仍会到原来的地址找该服务器。</translation>
    </message>
    <message>
        <source>Replication needs the same mode on all members: change it one step at a time, everywhere.</source>
        <translation>复制要求所有成员使用相同模式：请在各处逐步修改，一次一步。</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) that are there keep the old value.</source>
        <translation>
            <numerusform>现有的 %n 个会话保留旧值。</numerusform>
        </translation>
    </message>
    <message>
        <source>how it goes with this server&apos;s data</source>
        <translation>用该服务器的数据能否正常运行</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>立即</translation>
    </message>
    <message>
        <source>after a restart</source>
        <translation>重启后</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>In memory</source>
        <translation>内存中</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘上</translation>
    </message>
    <message>
        <source>File and line</source>
        <translation>文件与行</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>生效</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>taken back after a crash</source>
        <translation>崩溃后已撤回</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>说明</translation>
    </message>
</context>
<context>
    <name>DriftTexts</name>
    <message>
        <source>a start changes it</source>
        <translation>启动后会改变</translation>
    </message>
    <message>
        <source>Memory and disk hold different values. A repair sets the memory to what stands on disk, or both to the standard where there is one.</source>
        <translation>内存与磁盘上的值不同。修复会把内存设为磁盘上的值；若有标准，则两处都设为标准值。</translation>
    </message>
    <message>
        <source>other than the standard</source>
        <translation>与标准不同</translation>
    </message>
    <message>
        <source>A repair sets it in memory and on disk.</source>
        <translation>修复会同时设置内存与磁盘。</translation>
    </message>
    <message>
        <source>the server has no such variable</source>
        <translation>服务器没有此变量</translation>
    </message>
    <message>
        <source>The standard names a variable that this version does not have: narrow the standard.</source>
        <translation>标准中的变量在此版本中不存在：请缩小标准的适用范围。</translation>
    </message>
    <message>
        <source>other than most peers</source>
        <translation>与多数同类不同</translation>
    </message>
    <message>
        <source>Most servers of the same group and version hold another value. A repair sets it in memory and on disk.</source>
        <translation>同组同版本的多数服务器是另一个值。修复会同时设置内存与磁盘。</translation>
    </message>
    <message>
        <source>other path than peers</source>
        <translation>路径与同类不同</translation>
    </message>
    <message>
        <source>Paths are not changed from here: move the files, then my.cnf, by hand.</source>
        <translation>此处不更改路径：请手动移动文件，再修改 my.cnf。</translation>
    </message>
    <message>
        <source>other version than peers</source>
        <translation>版本与同类不同</translation>
    </message>
    <message>
        <source>Plan an upgrade, or accept it until then.</source>
        <translation>请安排升级，或在此之前接受它。</translation>
    </message>
    <message>
        <source>other program of the same version</source>
        <translation>版本相同但程序不同</translation>
    </message>
    <message>
        <source>The program file differs from that of its peers: compare the packages.</source>
        <translation>程序文件与同类不同：请比较软件包。</translation>
    </message>
    <message>
        <source>server_id is not unique</source>
        <translation>server_id 不唯一</translation>
    </message>
    <message>
        <source>Replication between the two fails. Give one of them another server_id.</source>
        <translation>两者之间无法复制。请给其中一个换一个 server_id。</translation>
    </message>
    <message>
        <source>other owner of my.cnf</source>
        <translation>my.cnf 的属主不同</translation>
    </message>
    <message>
        <source>Change the owner on the host, as the peers have it.</source>
        <translation>请在主机上把属主改成与同类一致。</translation>
    </message>
    <message>
        <source>other mode of my.cnf</source>
        <translation>my.cnf 的权限不同</translation>
    </message>
    <message>
        <source>Change the mode on the host, as the peers have it.</source>
        <translation>请在主机上把权限改成与同类一致。</translation>
    </message>
    <message>
        <source>trouble with an option file</source>
        <translation>选项文件有问题</translation>
    </message>
    <message>
        <source>The server ignores the file or a part of it: mend the file on the host.</source>
        <translation>服务器忽略该文件或其一部分：请在主机上修正。</translation>
    </message>
    <message>
        <source>option that the server does not know</source>
        <translation>服务器不认识的选项</translation>
    </message>
    <message>
        <source>The server ignores it or does not start with it: take the line out.</source>
        <translation>服务器会忽略它，或因它而无法启动：请删除该行。</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>有差异</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Variable or file</source>
        <translation>变量或文件</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>实际值</translation>
    </message>
    <message>
        <source>Wanted</source>
        <translation>应为</translation>
    </message>
    <message>
        <source>Accepted until</source>
        <translation>接受至</translation>
    </message>
    <message>
        <source>may differ</source>
        <translation>可以不同</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>适用处</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>自</translation>
    </message>
</context>
<context>
    <name>Error</name>
    <message>
        <source>There was nothing to do: what the task is for was done lately.</source>
        <translation>无事可做：任务所针对的内容近期已完成。</translation>
    </message>
    <message>
        <source>{variable} cannot be changed in {where}: {detail}.</source>
        <translation>无法在 {where} 中修改 {variable}：{detail}。</translation>
    </message>
    <message>
        <source>Change the file by hand, or take the option off the server's command line; then read the configuration again.</source>
        <translation>请手工修改该文件，或从服务器命令行中去掉该选项，然后重新读取配置。</translation>
    </message>
    <message>
        <source>{instance} has no variable {variable}.</source>
        <translation>{instance} 没有变量 {variable}。</translation>
    </message>
    <message>
        <source>Check the name; the server lists its variables with SHOW GLOBAL VARIABLES.</source>
        <translation>请检查名称；服务器用 SHOW GLOBAL VARIABLES 列出其变量。</translation>
    </message>
    <message>
        <source>{variable} of {instance} cannot be changed while the server runs.</source>
        <translation>{instance} 的 {variable} 不能在服务器运行时修改。</translation>
    </message>
    <message>
        <source>Change it on disk only (--disk); it takes effect after a restart.</source>
        <translation>请只修改磁盘上的值（--disk）；重启后生效。</translation>
    </message>
    <message>
        <source>{variable} of {instance} cannot be {value}: {detail}.</source>
        <translation>{instance} 的 {variable} 不能为 {value}：{detail}。</translation>
    </message>
    <message>
        <source>Give a value that the server takes.</source>
        <translation>请给出服务器可接受的值。</translation>
    </message>
    <message>
        <source>{variable} of {instance} is not changed from here: {detail}.</source>
        <translation>不能从这里修改 {instance} 的 {variable}：{detail}。</translation>
    </message>
    <message>
        <source>Change it by hand on the host, where such a variable belongs.</source>
        <translation>此类变量应在主机上手工修改。</translation>
    </message>
    <message>
        <source>{variable} of {instance} is {value} by now, not {expected}, so nothing was changed.</source>
        <translation>{instance} 的 {variable} 现在是 {value}，而不是 {expected}，因此未做任何修改。</translation>
    </message>
    <message>
        <source>Read the configuration again, and decide again.</source>
        <translation>请重新读取配置后再决定。</translation>
    </message>
    <message>
        <source>A private server did not start with the new configuration of {instance}, so nothing was changed: {detail}</source>
        <translation>使用 {instance} 的新配置无法启动私有服务器，因此未做任何修改：{detail}</translation>
    </message>
    <message>
        <source>Correct the value. The words are the server's own.</source>
        <translation>请更正该值。以上是服务器自己的原话。</translation>
    </message>
    <message>
        <source>The change of {instance} failed; memory and files are as they were before: {detail}</source>
        <translation>对 {instance} 的修改失败；内存和文件均已恢复原状：{detail}</translation>
    </message>
    <message>
        <source>Look at the cause and change again.</source>
        <translation>请查看原因后重新修改。</translation>
    </message>
    <message>
        <source>The change of {instance} failed, and not all of it could be taken back yet: {detail}</source>
        <translation>对 {instance} 的修改失败，且尚未能全部撤回：{detail}</translation>
    </message>
    <message>
        <source>The agent tries again by itself. Compare memory and disk.</source>
        <translation>代理会自动重试。请比较内存和磁盘上的值。</translation>
    </message>
    <message>
        <source>A secret could not be sealed or opened: {detail}.</source>
        <translation>密钥无法加密或解开：{detail}。</translation>
    </message>
    <message>
        <source>Check the channel key of the headless instance, and set the secrets of the channel again.</source>
        <translation>请检查后台服务的通道密钥，并重新设置该通道的密钥。</translation>
    </message>
    <message>
        <source>{host} cannot be reached: {detail}.</source>
        <translation>无法连接 {host}：{detail}。</translation>
    </message>
    <message>
        <source>Check address, firewall and proxy of the headless instance&apos;s server.</source>
        <translation>请检查后台服务所在服务器的地址、防火墙和代理。</translation>
    </message>
    <message>
        <source>{host} gave no answer within {seconds} s; it may have taken the message all the same.</source>
        <translation>{host} 在 {seconds} 秒内没有应答；消息可能已被接收。</translation>
    </message>
    <message>
        <source>Check the way to it from the headless instance&apos;s server.</source>
        <translation>请检查后台服务所在服务器到它的网络。</translation>
    </message>
    <message>
        <source>The connection to {host} is not trusted: {detail}.</source>
        <translation>与 {host} 的连接不可信：{detail}。</translation>
    </message>
    <message>
        <source>{host} refused the message: {detail}.</source>
        <translation>{host} 拒绝了消息：{detail}。</translation>
    </message>
    <message>
        <source>Check address, account and secrets of the channel.</source>
        <translation>请检查该通道的地址、账号和密钥。</translation>
    </message>
    <message>
        <source>{channel} takes no more messages for a while: {detail}.</source>
        <translation>{channel} 暂时不再接收消息：{detail}。</translation>
    </message>
    <message>
        <source>If it happens often, let the channel send fewer messages a minute.</source>
        <translation>如果经常发生，请减少该通道每分钟的消息数。</translation>
    </message>
    <message>
        <source>{channel} refused the message: {detail}.</source>
        <translation>{channel} 拒绝了消息：{detail}。</translation>
    </message>
    <message>
        <source>Check the settings and secrets of the channel.</source>
        <translation>请检查该通道的设置和密钥。</translation>
    </message>
    <message>
        <source>{channel} answered something that is no answer of its kind: {detail}.</source>
        <translation>{channel} 的应答不符合其类型：{detail}。</translation>
    </message>
    <message>
        <source>Check its address; a proxy may have answered in its place.</source>
        <translation>请检查其地址；也可能是代理代为应答。</translation>
    </message>
    <message>
        <source>The channel {channel} is not complete: {detail}.</source>
        <translation>通道 {channel} 不完整：{detail}。</translation>
    </message>
    <message>
        <source>Set what is missing with “zandbctl channel set”.</source>
        <translation>请用“zandbctl channel set”补全。</translation>
    </message>
    <message>
        <source>Secrets of channels cannot be used: {detail}.</source>
        <translation>通道的密钥无法使用：{detail}。</translation>
    </message>
    <message>
        <source>Make the fleet&apos;s channel key with “zandbctl channel key” and give its private half to every headless instance.</source>
        <translation>请用“zandbctl channel key”生成通道密钥，并把私钥交给每个后台服务。</translation>
    </message>
    <message>
        <source>The program {program} failed: {detail}.</source>
        <translation>程序 {program} 失败：{detail}。</translation>
    </message>
    <message>
        <source>Run it by hand on the headless instance&apos;s server.</source>
        <translation>请在后台服务所在服务器上手动运行它。</translation>
    </message>
    <message>
        <source>A message of {bytes} exceeds the limit of {limit}.</source>
        <translation>消息大小 {bytes}，超过上限 {limit}。</translation>
    </message>
    <message>
        <source>Update the older of the two.</source>
        <translation>请升级较旧的一方。</translation>
    </message>
    <message>
        <source>The agent does not know the request “{method}”.</source>
        <translation>代理不认识请求“{method}”。</translation>
    </message>
    <message>
        <source>Update the agent on the host.</source>
        <translation>请升级主机上的代理。</translation>
    </message>
    <message>
        <source>The request “{method}” was not understood: {detail}.</source>
        <translation>无法理解请求“{method}”：{detail}。</translation>
    </message>
    <message>
        <source>Update the agent and this program to the same version.</source>
        <translation>请将代理与本程序升级到同一版本。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>What was said or stored was not understood: {detail}.</source>
        <translation>传来或保存的内容无法理解：{detail}。</translation>
    </message>
    <message>
        <source>Statement {statement} would be refused on {instance}: {detail} ({rule}, {reason}). Nothing was run, on no instance.</source>
        <translation>第 {statement} 条语句会被 {instance} 拒绝：{detail}（{rule}，{reason}）。没有在任何实例上执行任何语句。</translation>
    </message>
    <message>
        <source>Batch SQL lets only statements of maintenance through. “sql preview” tells of each statement.</source>
        <translation>批量 SQL 只放行维护语句。“sql preview” 会说明每条语句。</translation>
    </message>
    <message>
        <source>No space left at {path}: {detail}.</source>
        <translation>{path} 没有剩余空间：{detail}。</translation>
    </message>
    <message>
        <source>its default</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>An internal error occurred: {detail}.</source>
        <translation>发生内部错误：{detail}。</translation>
    </message>
    <message>
        <source>{user} with role {role} may not do this: {what}.</source>
        <translation>用户 {user}（角色 {role}）无权执行：{what}。</translation>
    </message>
    <message>
        <source>Ask an administrator for the role, or use another key.</source>
        <translation>请向管理员申请角色，或使用其他密钥。</translation>
    </message>
    <message>
        <source>The host does not accept work of kind “{kind}” from role {role}.</source>
        <translation>主机不接受角色 {role} 发出的“{kind}”类工作。</translation>
    </message>
    <message>
        <source>An administrator can allow it in the agent&apos;s configuration on the host ([dispatcher] kinds).</source>
        <translation>管理员可在主机的代理配置（[dispatcher] kinds）中放行。</translation>
    </message>
    <message>
        <source>Work of kind “{kind}” needs a person&apos;s signature and this order has none.</source>
        <translation>“{kind}”类工作需要人员签名，而此指令没有签名。</translation>
    </message>
    <message>
        <source>Start it from a console with your own key.</source>
        <translation>请在控制台用您本人的密钥启动。</translation>
    </message>
    <message>
        <source>The key of {user} has been revoked.</source>
        <translation>{user} 的密钥已被吊销。</translation>
    </message>
    <message>
        <source>Ask an administrator for a new key.</source>
        <translation>请向管理员申请新密钥。</translation>
    </message>
    <message>
        <source>The host refused an order with token {token} since it has seen the newer token {seen}.</source>
        <translation>主机拒绝了令牌为 {token} 的指令，因为它已见过更新的令牌 {seen}。</translation>
    </message>
    <message>
        <source>Another headless instance has taken over this host; nothing needs to be done.</source>
        <translation>另一个后台服务已接管此主机，无需处理。</translation>
    </message>
    <message>
        <source>The store says epoch {epoch}, but the host knows epoch {known}.</source>
        <translation>元数据库的纪元为 {epoch}，而主机记录的是 {known}。</translation>
    </message>
    <message>
        <source>If the store was restored or reset, an administrator accepts the new epoch: zandbctl host accept-epoch.</source>
        <translation>如果元数据库经过恢复或重置，请由管理员接受新纪元：zandbctl host accept-epoch。</translation>
    </message>
    <message>
        <source>The order had been cancelled before it arrived.</source>
        <translation>指令在到达之前已被取消。</translation>
    </message>
    <message>
        <source>The order&apos;s arguments are not valid: {detail}.</source>
        <translation>指令参数无效：{detail}。</translation>
    </message>
    <message>
        <source>Correct the task and run it again.</source>
        <translation>请修正任务后重新运行。</translation>
    </message>
    <message>
        <source>The order&apos;s arguments do not match their checksum.</source>
        <translation>指令参数与校验和不符。</translation>
    </message>
    <message>
        <source>The store&apos;s row may have been changed by hand. Save the task again and retry.</source>
        <translation>元数据库中的记录可能被人为改动。请重新保存任务后重试。</translation>
    </message>
    <message>
        <source>The host already holds another order under the same number (run {run_id}).</source>
        <translation>主机上已有相同编号的另一条指令（运行 {run_id}）。</translation>
    </message>
    <message>
        <source>The store may have been restored. Start a new run instead of this one.</source>
        <translation>元数据库可能经过恢复。请启动新的运行。</translation>
    </message>
    <message>
        <source>The work was interrupted before it could report a result: {detail}.</source>
        <translation>工作在报告结果之前被中断：{detail}。</translation>
    </message>
    <message>
        <source>See the log for the last thing it did, and whether the host restarted. A backup can safely be retried.</source>
        <translation>请查看日志中最后的操作以及主机是否重启。备份可以安全重试。</translation>
    </message>
    <message>
        <source>The host&apos;s spool is full: {free} free, {reserved} reserved for results.</source>
        <translation>主机的缓存区已满：剩余 {free}，其中 {reserved} 保留给结果。</translation>
    </message>
    <message>
        <source>Free space on the file system of the agent&apos;s state directory.</source>
        <translation>请释放代理状态目录所在文件系统的空间。</translation>
    </message>
    <message>
        <source>The agent&apos;s journal {path} is damaged at offset {offset}.</source>
        <translation>代理日志文件 {path} 在偏移 {offset} 处损坏。</translation>
    </message>
    <message>
        <source>The agent takes no orders until then: stop it, run zandb-agent repair-journal on the host, and start it again.</source>
        <translation>在此之前代理不接受任何指令：请停止代理，在主机上运行 zandb-agent repair-journal，然后重新启动。</translation>
    </message>
    <message>
        <source>The configuration {path} is not valid in line {line}: {detail}.</source>
        <translation>配置文件 {path} 第 {line} 行无效：{detail}。</translation>
    </message>
    <message>
        <source>Correct it, then run zandb-agent check-config.</source>
        <translation>请修正后运行 zandb-agent check-config。</translation>
    </message>
    <message>
        <source>The host has no instance “{instance}”.</source>
        <translation>主机上没有实例“{instance}”。</translation>
    </message>
    <message>
        <source>Check its name, or adopt it in the agent&apos;s configuration.</source>
        <translation>请检查名称，或在代理配置中登记该实例。</translation>
    </message>
    <message>
        <source>{instance} does not answer on {socket}: {detail}.</source>
        <translation>{instance} 在 {socket} 上没有响应：{detail}。</translation>
    </message>
    <message>
        <source>Create the agent&apos;s accounts: zandbctl instance preflight prints the statements.</source>
        <translation>请创建代理账号：zandbctl instance preflight 会输出所需语句。</translation>
    </message>
    <message>
        <source>The account “{account}” on {instance} lacks the right {right}.</source>
        <translation>{instance} 上的账号“{account}”缺少权限 {right}。</translation>
    </message>
    <message>
        <source>Remedy: {remedy}</source>
        <translation>解决方法：{remedy}</translation>
    </message>
    <message>
        <source>{instance} refused a statement with error {errno}: {detail}.</source>
        <translation>{instance} 拒绝了语句，错误 {errno}：{detail}。</translation>
    </message>
    <message>
        <source>Look the error up in the server&apos;s manual.</source>
        <translation>请在服务器手册中查找该错误。</translation>
    </message>
    <message>
        <source>The entry is no longer in the slow log of {instance}: the log was rotated away, removed or truncated.</source>
        <translation>该条目已不在 {instance} 的慢日志中：日志已被轮转、删除或截断。</translation>
    </message>
    <message>
        <source>Look at a newer example of this statement.</source>
        <translation>请查看该语句较新的样本。</translation>
    </message>
    <message>
        <source>Session {id} of {instance} has ended already.</source>
        <translation>{instance} 上的会话 {id} 已经结束。</translation>
    </message>
    <message>
        <source>Look at the process list again.</source>
        <translation>请重新查看进程列表。</translation>
    </message>
    <message>
        <source>Session {id} of {instance} does something else by now, so nothing was killed.</source>
        <translation>{instance} 上的会话 {id} 已在执行别的语句，因此没有终止任何内容。</translation>
    </message>
    <message>
        <source>Look at the process list again, and decide again.</source>
        <translation>请重新查看进程列表后再决定。</translation>
    </message>
    <message>
        <source>Session {id} of {instance} is not killed from here, since it belongs to: {reason}.</source>
        <translation>{instance} 上的会话 {id} 不能从这里终止，因为它属于：{reason}。</translation>
    </message>
    <message>
        <source>Replication is stopped with STOP REPLICA, the event scheduler by its variable, a backup by cancelling its run.</source>
        <translation>复制用 STOP REPLICA 停止，事件调度器用其变量关闭，备份则取消其运行。</translation>
    </message>
    <message>
        <source>The tool “{tool}” is missing on the host.</source>
        <translation>主机上缺少工具“{tool}”。</translation>
    </message>
    <message>
        <source>Install the package {package} there.</source>
        <translation>请在主机上安装软件包 {package}。</translation>
    </message>
    <message>
        <source>{tool} ended with {status}: {detail}.</source>
        <translation>{tool} 以 {status} 结束：{detail}。</translation>
    </message>
    <message>
        <source>Read the end of the log below for the cause, then retry.</source>
        <translation>请查看日志末尾的原因，然后重试。</translation>
    </message>
    <message>
        <source>{tool} was ended by signal {signal}.</source>
        <translation>{tool} 被信号 {signal} 终止。</translation>
    </message>
    <message>
        <source>If it happens again, look whether the host ran out of memory.</source>
        <translation>如果再次发生，请检查主机是否内存不足。</translation>
    </message>
    <message>
        <source>Start it on the host: systemctl enable --now zandb-helper.socket</source>
        <translation>请在主机上启动它：systemctl enable --now zandb-helper.socket</translation>
    </message>
    <message>
        <source>The privileged helper refused “{verb}”: {detail}.</source>
        <translation>特权助手拒绝了“{verb}”：{detail}。</translation>
    </message>
    <message>
        <source>Correct what it names on the host; zandb-agent check-config tells more.</source>
        <translation>请在主机上更正所指出的问题；zandb-agent check-config 会给出更多信息。</translation>
    </message>
    <message>
        <source>Reading or writing {path} failed: {detail}.</source>
        <translation>读写 {path} 失败：{detail}。</translation>
    </message>
    <message>
        <source>Check the file system, its mount and its rights.</source>
        <translation>请检查文件系统、挂载和权限。</translation>
    </message>
    <message>
        <source>No space left at {path}: {free} free, {needed} needed.</source>
        <translation>{path} 空间不足：剩余 {free}，需要 {needed}。</translation>
    </message>
    <message>
        <source>Free space or expire old backups, then retry.</source>
        <translation>请释放空间或清理旧备份后重试。</translation>
    </message>
    <message>
        <source>The host knows no backup repository “{repository}”.</source>
        <translation>主机没有名为“{repository}”的备份仓库。</translation>
    </message>
    <message>
        <source>The repository “{repository}” could not be written: {detail}.</source>
        <translation>无法写入备份仓库“{repository}”：{detail}。</translation>
    </message>
    <message>
        <source>Restore on the host that holds the repository, or copy the backup&apos;s directory to a repository of this host.</source>
        <translation>请在存放该仓库的主机上恢复，或将备份目录复制到本主机的仓库中。</translation>
    </message>
    <message>
        <source>The backup {backup} is not in the repository “{repository}” of {where}.</source>
        <translation>备份 {backup} 不在 {where} 的仓库“{repository}”中。</translation>
    </message>
    <message>
        <source>Restore it on {host}, where it was taken, or on a host that reaches its repository. If it was looked for there, its directory has been removed.</source>
        <translation>请在生成该备份的主机 {host} 上恢复，或在能访问其仓库的主机上恢复。如果正是在那里查找的，则备份目录已被删除。</translation>
    </message>
    <message>
        <source>Connection {id} of {user}@{host} has been running a statement since {since}, longer than the {limit} s that are allowed, so no lock was asked for: {statement}</source>
        <translation>连接 {id}（{user}@{host}）自 {since} 起一直在执行一条语句，已超过允许的 {limit} 秒，因此未申请锁：{statement}</translation>
    </message>
    <message>
        <source>The backup waited {seconds} s for a lock and gave up. Connection {id} of {user}@{host} holds it; since {since} its statement is: {statement}</source>
        <translation>备份等待锁 {seconds} 秒后放弃。该锁由连接 {id}（{user}@{host}）持有；自 {since} 起它的语句是：{statement}</translation>
    </message>
    <message>
        <source>End that session or its lock (UNLOCK TABLES, KILL {id}), or run the backup at a quieter hour.</source>
        <translation>请结束该会话或释放其锁（UNLOCK TABLES、KILL {id}），或在业务低峰时段备份。</translation>
    </message>
    <message>
        <source>The backup waited {seconds} s for a lock and gave up. The server does not tell which session holds it. Sessions: {sessions}. Tables in use: {tables}.</source>
        <translation>备份等待锁 {seconds} 秒后放弃。服务器未说明由哪个会话持有。会话：{sessions}。正在使用的表：{tables}。</translation>
    </message>
    <message>
        <source>Look for LOCK TABLES. To be told the session the next time: INSTALL SONAME &apos;metadata_lock_info&apos;.</source>
        <translation>请检查是否有 LOCK TABLES。若要下次指明会话：INSTALL SONAME &apos;metadata_lock_info&apos;。</translation>
    </message>
    <message>
        <source>The definition of {table} was changed while {tool} was reading; the backup was thrown away.</source>
        <translation>{table} 的定义在 {tool} 读取期间被修改；该备份已丢弃。</translation>
    </message>
    <message>
        <source>Run ALTER TABLE and logical backups at different hours, or use a physical backup.</source>
        <translation>请将 ALTER TABLE 与逻辑备份安排在不同时段，或使用物理备份。</translation>
    </message>
    <message>
        <source>The method “{method}” does not fit {flavour}: {reason}.</source>
        <translation>方式“{method}”不适用于 {flavour}：{reason}。</translation>
    </message>
    <message>
        <source>Convert them to InnoDB, or use a logical backup for this instance.</source>
        <translation>请将其转换为 InnoDB，或对此实例使用逻辑备份。</translation>
    </message>
    <message>
        <source>The backup does not hold what the server holds. Missing: {missing}. Not expected: {extra}.</source>
        <translation>备份内容与服务器不一致。缺少：{missing}。多余：{extra}。</translation>
    </message>
    <message>
        <source>Most often the account lacks rights on a schema: run zandbctl instance preflight. The backup was thrown away.</source>
        <translation>通常是账号缺少某个库的权限：请运行 zandbctl instance preflight。该备份已丢弃。</translation>
    </message>
    <message>
        <source>{tool} ended without its end marker, so the backup may be cut off; it was thrown away.</source>
        <translation>{tool} 结束时没有结束标记，备份可能不完整，已丢弃。</translation>
    </message>
    <message>
        <source>Transactions were committed so densely that in {seconds} s and {tries} tries no moment could be told between two of them.</source>
        <translation>事务提交过于密集：{seconds} 秒内尝试 {tries} 次，仍未找到两次提交之间的时刻。</translation>
    </message>
    <message>
        <source>{tool} recorded no binlog position although binlogs are on; the backup was thrown away.</source>
        <translation>binlog 已开启，但 {tool} 未记录 binlog 位点；该备份已丢弃。</translation>
    </message>
    <message>
        <source>Choose another method for this server&apos;s version.</source>
        <translation>请为此服务器版本选择其他方式。</translation>
    </message>
    <message>
        <source>{instance} restarted while it was being backed up; the backup was thrown away.</source>
        <translation>{instance} 在备份期间重启；该备份已丢弃。</translation>
    </message>
    <message>
        <source>Do not rely on it. Take a new backup and check the repository&apos;s disk.</source>
        <translation>请勿依赖此备份。请重新备份并检查仓库磁盘。</translation>
    </message>
    <message>
        <source>{path} is not empty.</source>
        <translation>{path} 不是空目录。</translation>
    </message>
    <message>
        <source>Choose a directory that does not exist or is empty.</source>
        <translation>请选择不存在或为空的目录。</translation>
    </message>
    <message>
        <source>The restore failed in step “{step}”: {detail}.</source>
        <translation>恢复在步骤“{step}”失败：{detail}。</translation>
    </message>
    <message>
        <source>Trouble of the host ended the restore in step “{step}”: {detail}. This says nothing about the backup.</source>
        <translation>主机的问题使恢复在步骤“{step}”中止：{detail}。这不说明备份有问题。</translation>
    </message>
    <message>
        <source>Check memory, disk space, rights and limits of the host.</source>
        <translation>请检查主机的内存、磁盘空间、权限和限制。</translation>
    </message>
    <message>
        <source>The backup is of a server {backup}, and the programs here are older: {here}. This says nothing about the backup.</source>
        <translation>该备份来自服务器 {backup}，而这台主机上的程序较旧：{here}。这不说明备份有问题。</translation>
    </message>
    <message>
        <source>Install the server&apos;s programs of the same series or a later one on this host, or use another host.</source>
        <translation>请在这台主机上安装同一系列或更高版本的服务器程序，或换用另一台主机。</translation>
    </message>
    <message>
        <source>Not understood: {detail}.</source>
        <translation>无法理解：{detail}。</translation>
    </message>
    <message>
        <source>See --help.</source>
        <translation>参见 --help。</translation>
    </message>
    <message>
        <source>There is no {what} “{name}”.</source>
        <translation>不存在 {what}“{name}”。</translation>
    </message>
    <message>
        <source>It may have been removed or renamed; refresh and look again.</source>
        <translation>它可能已被删除或改名；请刷新后再看。</translation>
    </message>
    <message>
        <source>A {what} named “{name}” already exists.</source>
        <translation>已存在名为“{name}”的 {what}。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>The settings {path} cannot be used: {detail}.</source>
        <translation>无法使用设置文件 {path}：{detail}。</translation>
    </message>
    <message>
        <source>Correct the file and start again.</source>
        <translation>请修正该文件后重新启动。</translation>
    </message>
    <message>
        <source>The metadata store {host}:{port} cannot be reached: {detail}.</source>
        <translation>无法连接元数据库 {host}:{port}：{detail}。</translation>
    </message>
    <message>
        <source>The metadata store on {host} refused the password of {user}.</source>
        <translation>元数据库 {host} 拒绝了 {user} 的密码。</translation>
    </message>
    <message>
        <source>Correct the password file or the password in the keychain.</source>
        <translation>请修正密码文件或钥匙串中的密码。</translation>
    </message>
    <message>
        <source>The name {host} of the metadata store cannot be resolved.</source>
        <translation>无法解析元数据库的主机名 {host}。</translation>
    </message>
    <message>
        <source>No verified TLS connection to the metadata store {host}: {detail}.</source>
        <translation>无法与元数据库 {host} 建立经过验证的 TLS 连接：{detail}。</translation>
    </message>
    <message>
        <source>Set the CA file in the settings (tls_ca), or have the server&apos;s certificate corrected.</source>
        <translation>请在设置中指定 CA 文件（tls_ca），或修正服务器证书。</translation>
    </message>
    <message>
        <source>There is no ZanDB store in the schema “{schema}”.</source>
        <translation>库“{schema}”中没有 ZanDB 元数据。</translation>
    </message>
    <message>
        <source>An administrator creates it: zandbctl store migrate.</source>
        <translation>请由管理员创建：zandbctl store migrate。</translation>
    </message>
    <message>
        <source>The store has version {version}, this program needs {needed}.</source>
        <translation>元数据库版本为 {version}，本程序需要 {needed}。</translation>
    </message>
    <message>
        <source>An administrator brings it up to date: zandbctl store migrate.</source>
        <translation>请由管理员升级：zandbctl store migrate。</translation>
    </message>
    <message>
        <source>Update this program.</source>
        <translation>请升级本程序。</translation>
    </message>
    <message>
        <source>The metadata store is read-only.</source>
        <translation>元数据库处于只读状态。</translation>
    </message>
    <message>
        <source>The metadata store has no space left.</source>
        <translation>元数据库空间已满。</translation>
    </message>
    <message>
        <source>Free space on the store&apos;s server.</source>
        <translation>请释放元数据库服务器的空间。</translation>
    </message>
    <message>
        <source>Your account on the metadata store may not do this: {what}.</source>
        <translation>您在元数据库上的账号无权执行：{what}。</translation>
    </message>
    <message>
        <source>Ask an administrator for the role operator or admin.</source>
        <translation>请向管理员申请 operator 或 admin 角色。</translation>
    </message>
    <message>
        <source>Somebody else has just changed this: {what}.</source>
        <translation>其他人刚刚修改了：{what}。</translation>
    </message>
    <message>
        <source>Look at the new state and decide again.</source>
        <translation>请查看最新状态后再决定。</translation>
    </message>
    <message>
        <source>The metadata store refused a statement with error {errno}: {detail}.</source>
        <translation>元数据库拒绝了语句，错误 {errno}：{detail}。</translation>
    </message>
    <message>
        <source>Try again; if it persists, report it.</source>
        <translation>请重试；如持续出现，请报告。</translation>
    </message>
    <message>
        <source>{host} cannot be reached at {address}: {detail}.</source>
        <translation>无法通过 {address} 连接 {host}：{detail}。</translation>
    </message>
    <message>
        <source>Nobody has accepted the host key of {host} yet ({fingerprint}).</source>
        <translation>尚未接受 {host} 的主机密钥（{fingerprint}）。</translation>
    </message>
    <message>
        <source>If the host was not reinstalled, somebody may stand in between: do not connect. Otherwise accept the new key: zandbctl host accept {host}.</source>
        <translation>如果主机没有重装，可能存在中间人攻击：请勿连接。否则请接受新密钥：zandbctl host accept {host}。</translation>
    </message>
    <message>
        <source>{host} refused the login of {user} with key {identity}.</source>
        <translation>{host} 拒绝了 {user} 使用密钥 {identity} 的登录。</translation>
    </message>
    <message>
        <source>Add the key on the host: zandbctl key add.</source>
        <translation>请在主机上添加密钥：zandbctl key add。</translation>
    </message>
    <message>
        <source>The private key {path} cannot be used: {detail}.</source>
        <translation>无法使用私钥 {path}：{detail}。</translation>
    </message>
    <message>
        <source>Correct the path or the key in the settings.</source>
        <translation>请修正设置中的路径或密钥。</translation>
    </message>
    <message>
        <source>The passphrase of the private key {path} is missing or wrong.</source>
        <translation>私钥 {path} 的口令缺失或错误。</translation>
    </message>
    <message>
        <source>Store it in the keychain or load the key into ssh-agent.</source>
        <translation>请将口令存入钥匙串，或将密钥加载到 ssh-agent。</translation>
    </message>
    <message>
        <source>The connection to {host} was lost: {detail}.</source>
        <translation>与 {host} 的连接已断开：{detail}。</translation>
    </message>
    <message>
        <source>Install and start zandb-agent on the host.</source>
        <translation>请在主机上安装并启动 zandb-agent。</translation>
    </message>
    <message>
        <source>{host} sent {bytes} where far less is allowed; the connection was closed.</source>
        <translation>{host} 发送了 {bytes}，远超允许值；连接已关闭。</translation>
    </message>
    <message>
        <source>The schedule&apos;s field “{field}” is not valid: {detail}.</source>
        <translation>计划的字段“{field}”无效：{detail}。</translation>
    </message>
    <message>
        <source>Correct the schedule.</source>
        <translation>请修正计划。</translation>
    </message>
    <message>
        <source>Start one: zandbctl serve.</source>
        <translation>请启动：zandbctl serve。</translation>
    </message>
    <message>
        <source>No host key of {host} has been accepted yet.</source>
        <translation>尚未接受 {host} 的主机密钥。</translation>
    </message>
    <message>
        <source>Accept it once: zandbctl host accept {host}.</source>
        <translation>请接受一次：zandbctl host accept {host}。</translation>
    </message>
    <message>
        <source>Cause: %1</source>
        <translation>原因：%1</translation>
    </message>
    <message>
        <source>The repository “{repository}” was too slow: {bytes} waited for it, {limit} are allowed; the backup was given up.</source>
        <translation>备份仓库“{repository}”过慢：积压 {bytes}，超过允许的 {limit}；已放弃该备份。</translation>
    </message>
    <message>
        <source>The agent on the host is not running ({socket}): {detail}.</source>
        <translation>主机上的代理未运行（{socket}）：{detail}。</translation>
    </message>
    <message>
        <source>The run {run} is {state}; only a run of state unknown can be given up.</source>
        <translation>运行 {run} 的状态为 {state}；只有状态为未知的运行可以放弃。</translation>
    </message>
    <message>
        <source>Cancel it: zandbctl run cancel {run}.</source>
        <translation>请取消它：zandbctl run cancel {run}。</translation>
    </message>
    <message>
        <source>{host} has {count} runs that have not ended: {runs}.</source>
        <translation>{host} 有 {count} 个尚未结束的运行：{runs}。</translation>
    </message>
    <message>
        <source>Wait for them or cancel them; --force gives them up and removes the host.</source>
        <translation>请等待其结束或取消它们；--force 会放弃它们并移除主机。</translation>
    </message>
    <message>
        <source>Restore it there: zandbctl backup restore {backup} --to {host}/DIRECTORY</source>
        <translation>请在那里恢复：zandbctl backup restore {backup} --to {host}/DIRECTORY</translation>
    </message>
    <message>
        <source>Restore it to a host that holds its repository “{repository}”: zandbctl backup restore {backup} --to HOST/DIRECTORY</source>
        <translation>请恢复到存放其仓库“{repository}”的主机：zandbctl backup restore {backup} --to HOST/DIRECTORY</translation>
    </message>
    <message>
        <source>The backup {backup} lies in the repository “{name}” of {remote}, and no host of the fleet with that name or address is known to hold one.</source>
        <translation>备份 {backup} 位于 {remote} 的仓库“{name}”中，但主机群里没有已知以该名称或地址存放此仓库的主机。</translation>
    </message>
    <message>
        <source>Add that host with its agent (zandbctl host add), with a local repository “{name}” in its configuration. {host}, where the backup was taken, can only write it.</source>
        <translation>请添加该主机及其代理（zandbctl host add），并在其配置中登记本地仓库“{name}”。生成备份的主机 {host} 只能写入该仓库。</translation>
    </message>
    <message>
        <source>Compare the fingerprint with the host&apos;s own, then accept it: zandbctl host accept {host}, or for a new host zandbctl host add {host} --accept-fingerprint {fingerprint}.</source>
        <translation>请与主机自身的指纹核对，然后接受：zandbctl host accept {host}；若是新主机：zandbctl host add {host} --accept-fingerprint {fingerprint}。</translation>
    </message>
    <message>
        <source>The host of this run was removed from the fleet before it had ended.</source>
        <translation>此运行尚未结束，其主机就已从主机群中移除。</translation>
    </message>
    <message>
        <source>Add the host again (zandbctl host add) and begin a new run.</source>
        <translation>请重新添加该主机（zandbctl host add）并启动新的运行。</translation>
    </message>
    <message>
        <source>Name it in the agent&apos;s configuration on the host, or choose another repository: in the task, or for a backup by hand as it is started.</source>
        <translation>请在主机的代理配置中登记，或选择其他仓库：在任务中修改；手动备份则在启动时选择。</translation>
    </message>
    <message>
        <source>Choose another method, or “auto”: in the task, or for a backup by hand as it is started.</source>
        <translation>请选择其他方式或“auto”：在任务中修改；手动备份则在启动时选择。</translation>
    </message>
    <message>
        <source>An error that this version does not know: %1</source>
        <translation>此版本不认识的错误：%1</translation>
    </message>
    <message>
        <source>Update this program: the host or the store may be newer.</source>
        <translation>请升级本程序：主机或元数据库的版本可能更新。</translation>
    </message>
    <message>
        <source>The other side sent an invalid message: {detail}.</source>
        <translation>对端发送了无法识别的消息：{detail}。</translation>
    </message>
    <message>
        <source>Check that the agent on the host and this program have compatible versions.</source>
        <translation>请检查主机上的代理与本程序的版本是否匹配。</translation>
    </message>
    <message>
        <source>Request less at once. If it happens again, report it together with the host&apos;s agent log.</source>
        <translation>请减少单次请求的数据量；如再次出现，请附上主机代理日志报告。</translation>
    </message>
    <message>
        <source>The agent uses protocol version {theirs}, this program uses {mine}.</source>
        <translation>代理使用协议 {theirs}，本程序使用 {mine}。</translation>
    </message>
    <message>
        <source>Report it together with the log.</source>
        <translation>请连同日志一起报告。</translation>
    </message>
    <message>
        <source>The order could not start within {ttl_s} s and was dropped.</source>
        <translation>指令未能在 {ttl_s} 秒内启动，已放弃。</translation>
    </message>
    <message>
        <source>If it happens often, check the load of the host.</source>
        <translation>如经常出现，请检查主机负载。</translation>
    </message>
    <message>
        <source>The host has no record of run {run_id}.</source>
        <translation>主机没有运行 {run_id} 的任何记录。</translation>
    </message>
    <message>
        <source>Whether it ran cannot be determined. Check the host, then retry or cancel by hand.</source>
        <translation>无法确定它是否执行过。请检查主机后手动重试或取消。</translation>
    </message>
    <message>
        <source>Check the server&apos;s error log and start the instance.</source>
        <translation>请查看服务器错误日志并启动实例。</translation>
    </message>
    <message>
        <source>{instance} refused the login of the account “{account}”: {detail}.</source>
        <translation>{instance} 拒绝账号“{account}”登录：{detail}。</translation>
    </message>
    <message>
        <source>The privileged helper at {socket} cannot be reached: {detail}.</source>
        <translation>无法连接位于 {socket} 的特权助手：{detail}。</translation>
    </message>
    <message>
        <source>Check the connection from this host to the repository&apos;s host.</source>
        <translation>请检查本主机到仓库主机的网络。</translation>
    </message>
    <message>
        <source>The repository “{repository}” is on another host ({remote}); from here it can only be written to.</source>
        <translation>备份仓库“{repository}”位于另一台主机（{remote}）；从这里只能写入。</translation>
    </message>
    <message>
        <source>{where} cannot read the backup {backup}: it is in the repository “{repository}” of {host}.</source>
        <translation>{where} 无法读取备份 {backup}：它位于 {host} 的仓库“{repository}”中。</translation>
    </message>
    <message>
        <source>It is not known on which host the backup {backup} is: {host}, where it was taken, is no longer in the fleet.</source>
        <translation>无法得知备份 {backup} 位于哪台主机：生成它的主机 {host} 已不在主机群中。</translation>
    </message>
    <message>
        <source>To continue at once, end that statement, or run the backup at a quieter hour.</source>
        <translation>如需立即继续，请结束该语句，或在业务低峰时段备份。</translation>
    </message>
    <message>
        <source>The dump was stopped because it blocked other sessions for {seconds} s.</source>
        <translation>导出阻塞其他会话达 {seconds} 秒，已被终止。</translation>
    </message>
    <message>
        <source>A physical backup, or one taken from a replica, avoids the lock.</source>
        <translation>使用物理备份，或在从库上备份，可避免加锁。</translation>
    </message>
    <message>
        <source>A clone would silently leave out these non-InnoDB tables: {tables}.</source>
        <translation>克隆会悄悄漏掉以下非 InnoDB 表：{tables}。</translation>
    </message>
    <message>
        <source>See the log.</source>
        <translation>请查看日志。</translation>
    </message>
    <message>
        <source>Take the backup at a quieter hour, from a replica, or with a physical method.</source>
        <translation>请在较空闲的时段备份，改在从库上备份，或改用物理备份方式。</translation>
    </message>
    <message>
        <source>Find out why the server restarted.</source>
        <translation>请查明服务器重启的原因。</translation>
    </message>
    <message>
        <source>Allow more staging space on the host, throttle the backup, or use a faster repository.</source>
        <translation>请在主机上允许更多暂存空间、限制备份速度，或使用更快的仓库。</translation>
    </message>
    <message>
        <source>{what} did not answer within {seconds} s.</source>
        <translation>{what} 在 {seconds} 秒内没有响应。</translation>
    </message>
    <message>
        <source>Try again. If it persists, check the load and the network of the other side.</source>
        <translation>请重试；如持续出现，请检查对端的负载和网络。</translation>
    </message>
    <message>
        <source>Check that the server is running and reachable from here. The connection will be restored automatically.</source>
        <translation>请检查服务器是否运行、网络是否畅通；连接会自动恢复。</translation>
    </message>
    <message>
        <source>Correct the host in the settings, or fix the name service.</source>
        <translation>请修正设置中的主机名或域名服务。</translation>
    </message>
    <message>
        <source>The store requires version {min_program} or newer of this program; this is {mine}.</source>
        <translation>元数据库要求程序版本不低于 {min_program}，本程序为 {mine}。</translation>
    </message>
    <message>
        <source>You may be connected to a replica, or a switchover is in progress. Writes will be retried automatically.</source>
        <translation>可能连接到了从库，或正在切换；写入会自动重试。</translation>
    </message>
    <message>
        <source>Check that the host is up, that its address and SSH port are right, and that no firewall blocks the way.</source>
        <translation>请检查主机是否在线、地址和 SSH 端口是否正确、中间是否有拦截。</translation>
    </message>
    <message>
        <source>{host} presented another host key ({fingerprint}) than the pinned one ({pinned}).</source>
        <translation>{host} 出示的主机密钥（{fingerprint}）与已固定的（{pinned}）不同。</translation>
    </message>
    <message>
        <source>It will be restored automatically; work on the host continues meanwhile.</source>
        <translation>连接会自动恢复；主机上的工作仍在继续。</translation>
    </message>
    <message>
        <source>The login to {host} works, but no agent answers there. Output: {noise}</source>
        <translation>可以登录 {host}，但没有代理响应。它输出：{noise}</translation>
    </message>
    <message>
        <source>Start it there: systemctl start zandb-agent. The connection is retried automatically.</source>
        <translation>请在主机上启动：systemctl start zandb-agent。系统会自动重试。</translation>
    </message>
    <message>
        <source>The agent on the host is at its limit ({what}: {limit}).</source>
        <translation>主机上的代理已达到上限（{what}：{limit}）。</translation>
    </message>
    <message>
        <source>Close consoles that are not needed.</source>
        <translation>请关闭不需要的控制台。</translation>
    </message>
    <message>
        <source>The agent on {host} has version {theirs}, which is not compatible with this program ({mine}).</source>
        <translation>{host} 上的代理版本 {theirs} 与本程序（{mine}）不匹配。</translation>
    </message>
    <message>
        <source>Check the host: its agent may be damaged or not genuine.</source>
        <translation>请检查该主机：其代理可能已损坏或不可信。</translation>
    </message>
    <message>
        <source>This needs a headless instance, and none is running.</source>
        <translation>没有运行中的后台服务，无法执行。</translation>
    </message>
    <message>
        <source>{person} gave up waiting for this run: its outcome could not be learnt.</source>
        <translation>{person} 放弃等待此运行：已无法得知其结果。</translation>
    </message>
    <message>
        <source>Run it again. If the host answers one day after all, a backup that it made will be listed.</source>
        <translation>请重新运行；如果主机日后仍有应答，其最终完成的备份会被列出。</translation>
    </message>
    <message>
        <source>{host} lets us in, but its login shell did not come to the key&apos;s command within {seconds} s. Until then it said: “{noise}”.</source>
        <translation>{host} 允许登录，但其登录 shell 在 {seconds} 秒内没有执行到密钥所指定的命令。在此之前的输出：“{noise}”。</translation>
    </message>
    <message>
        <source>Look at the login shell of that account and at what it reads when it begins (.profile, .bashrc): it must not wait for anybody.</source>
        <translation>请检查该账户的登录 shell 及其启动时读取的文件（.profile、.bashrc）：它们不能等待任何输入。</translation>
    </message>
    <message>
        <source>Look at its arguments. To execute it with your key: {command}</source>
        <translation>请查看其参数。要用您的密钥执行它：{command}</translation>
    </message>
    <message>
        <source>{tool} is known to lose without a word what these hold ({count}): {objects}.</source>
        <translation>已知 {tool} 会无声地丢失这些对象的内容（{count} 个）：{objects}。</translation>
    </message>
    <message>
        <source>Read in the log what failed, then verify an older backup of the instance.</source>
        <translation>请在日志中查看失败原因，然后验证该实例较早的备份。</translation>
    </message>
    <message>
        <source>The dump could not be loaded: {detail}.</source>
        <translation>无法载入转储：{detail}。</translation>
    </message>
    <message>
        <source>An older dump of the same server most likely fails too: back the instance up with another method, and verify that.</source>
        <translation>同一服务器较早的转储很可能同样失败：请用其他方法备份该实例并验证。</translation>
    </message>
    <message>
        <source>Choose another method, in the task or for a backup by hand as it is started: “physical”, or “logical” where it does not lose them.</source>
        <translation>请选择其他方式（在任务中修改；手动备份则在启动时选择）：“physical”，或在不会丢失它们时选择“logical”。</translation>
    </message>
    <message>
        <source>Somebody put other bytes in its place: do not restore it. Find out who can write to the repository, and use another backup.</source>
        <translation>有人用其他内容替换了它：不要恢复它。请查明谁能写入该仓库，并使用另一个备份。</translation>
    </message>
    <message>
        <source>The repository “{repository}” has had a backup {backup} before and takes no other one under its id.</source>
        <translation>仓库“{repository}”以前收到过备份 {backup}，不会再接收使用同一 ID 的另一个备份。</translation>
    </message>
    <message>
        <source>A retry makes a backup with a new id. If nobody ran this one twice, find out who holds the key of this host.</source>
        <translation>重试会用新的 ID 生成备份。如果没有人运行过两次，请查明谁持有该主机的密钥。</translation>
    </message>
    <message>
        <source>The task had no instance to work on.</source>
        <translation>任务没有可处理的实例。</translation>
    </message>
    <message>
        <source>Change what the task is for, or remove it.</source>
        <translation>请修改任务的对象，或删除该任务。</translation>
    </message>
    <message>
        <source>Skipped, since the run before had not ended.</source>
        <translation>已跳过：上一次运行尚未结束。</translation>
    </message>
    <message>
        <source>If it happens often, let the task run less often, or find out why its runs take so long.</source>
        <translation>如果经常发生，请降低任务的频率，或查明运行耗时过长的原因。</translation>
    </message>
    <message>
        <source>Missed: its start deadline had passed before it could begin.</source>
        <translation>已错过：开始之前已超过启动期限。</translation>
    </message>
    <message>
        <source>Back up now, and look whether a headless instance was alive then.</source>
        <translation>请立即备份，并检查当时是否有后台服务在运行。</translation>
    </message>
    <message>
        <source>Missed: its window did not open before its start deadline.</source>
        <translation>已错过：在启动期限之前，时间窗口没有打开。</translation>
    </message>
    <message>
        <source>Change the task&apos;s schedule, window or start deadline so that they fit together.</source>
        <translation>请调整任务的计划、时间窗口或启动期限，使它们相互匹配。</translation>
    </message>
    <message>
        <source>Missed: it was overdue, and the task makes up only for the last one or for none.</source>
        <translation>已错过：已逾期，而该任务只补做最后一次或不补做。</translation>
    </message>
    <message>
        <source>It was due, and nobody scheduled it.</source>
        <translation>已到期，但没有后台服务安排它。</translation>
    </message>
    <message>
        <source>Look whether a headless instance is alive and the store&apos;s clock is right; back up now if it is urgent.</source>
        <translation>请检查是否有后台服务在运行、元数据库的时钟是否正确；如果紧急，请立即备份。</translation>
    </message>
    <message>
        <source>The step that sent data to this one gave up: {detail}.</source>
        <translation>向本步骤发送数据的步骤已放弃：{detail}。</translation>
    </message>
    <message>
        <source>See the log of that step, then retry the run.</source>
        <translation>请查看那个步骤的日志，然后重试该运行。</translation>
    </message>
    <message>
        <source>The order takes no more data: {detail}.</source>
        <translation>该指令不再接收数据：{detail}。</translation>
    </message>
    <message>
        <source>See the order&apos;s result and log on the host.</source>
        <translation>请查看该指令在主机上的结果和日志。</translation>
    </message>
    <message>
        <source>Item {number} was sent to the order, but item {expected} is the next one.</source>
        <translation>向指令发送了第 {number} 项，但下一项应为第 {expected} 项。</translation>
    </message>
    <message>
        <source>Send again from the item that is expected.</source>
        <translation>请从应发送的那一项起重新发送。</translation>
    </message>
    <message>
        <source>No data came from the other step for {seconds} s.</source>
        <translation>已有 {seconds} 秒未收到另一步骤的数据。</translation>
    </message>
    <message>
        <source>Check that a headless instance is alive and reaches both hosts, then retry the run.</source>
        <translation>请确认有后台服务在运行且能连通两台主机，然后重试该运行。</translation>
    </message>
    <message>
        <source>A statement on {instance} waited too long for a lock: {detail}.</source>
        <translation>{instance} 上的一条语句等待锁的时间过长：{detail}。</translation>
    </message>
    <message>
        <source>Look who holds the lock, then retry.</source>
        <translation>请查看谁持有该锁，然后重试。</translation>
    </message>
    <message>
        <source>A statement on {instance} was the victim of a deadlock; its transaction was rolled back.</source>
        <translation>{instance} 上的一条语句成为死锁的牺牲者，其事务已回滚。</translation>
    </message>
    <message>
        <source>Retry.</source>
        <translation>请重试。</translation>
    </message>
    <message>
        <source>A table on {instance} was changed by a DDL statement while the transaction ran: {detail}.</source>
        <translation>事务运行期间，{instance} 上的一张表被 DDL 语句更改：{detail}。</translation>
    </message>
    <message>
        <source>The connection to {instance} was lost while a statement ran: {detail}.</source>
        <translation>语句执行期间与 {instance} 的连接中断：{detail}。</translation>
    </message>
    <message>
        <source>If the statement writes, check what it has done before you retry.</source>
        <translation>如果该语句会写入数据，重试前请先检查它已完成的内容。</translation>
    </message>
    <message>
        <source>A statement on {instance} was ended after its limit of {seconds} s.</source>
        <translation>{instance} 上的一条语句在达到 {seconds} 秒的时限后被终止。</translation>
    </message>
    <message>
        <source>Allow more time, or look why it is slow.</source>
        <translation>请放宽时限，或查明其缓慢的原因。</translation>
    </message>
    <message>
        <source>Statement {statement} was not sent to {instance}: {detail} ({rule}, {reason}).</source>
        <translation>第 {statement} 条语句未发送到 {instance}：{detail}（{rule}，{reason}）。</translation>
    </message>
    <message>
        <source>Batch SQL lets only statements of maintenance through. Those before this one may have run, those behind it have not. zandb-agent check-sql tells of each statement.</source>
        <translation>批量 SQL 只允许维护类语句。此前的语句可能已执行，其后的没有执行。zandb-agent check-sql 会逐条说明。</translation>
    </message>
    <message>
        <source>Statement {statement} of {of} failed on {instance}; those behind it were not run.</source>
        <translation>{instance} 上第 {statement} 条语句（共 {of} 条）失败；其后的语句未执行。</translation>
    </message>
    <message>
        <source>Mend it and run the rest; those before it are done.</source>
        <translation>请修正后执行其余语句；此前的语句已经完成。</translation>
    </message>
    <message>
        <source>Somebody or something else ended a statement on {instance}: {detail}.</source>
        <translation>{instance} 上的一条语句被其他人或程序终止：{detail}。</translation>
    </message>
    <message>
        <source>Look whether a person or a policy kills statements there.</source>
        <translation>请查看是否有人或策略在那里终止语句。</translation>
    </message>
    <message>
        <source>The run {run} ({kind}, requested by {author}) was not made by this program, which sends nothing of it with your key.</source>
        <translation>运行 {run}（{kind}，由 {author} 请求）不是由本程序创建的，本程序不会用您的密钥发送其中的任何内容。</translation>
    </message>
    <message>
        <source>Somebody has changed {path} meanwhile, so it was left as it is.</source>
        <translation>期间有人更改了 {path}，因此保持原样。</translation>
    </message>
    <message>
        <source>Read it again, and make the change once more.</source>
        <translation>请重新读取，然后再次修改。</translation>
    </message>
    <message>
        <source>The metadata store could not be dumped: {detail}.</source>
        <translation>无法转储元数据库：{detail}。</translation>
    </message>
    <message>
        <source>Check directory and tools under [store_backup] in the settings file of the headless instance, and the rights of its account.</source>
        <translation>请检查后台服务设置文件中 [store_backup] 下的目录和工具，以及其账户的权限。</translation>
    </message>
    <message>
        <source>Correct what was given, and try again.</source>
        <translation>请更正所给的内容，然后重试。</translation>
    </message>
    <message>
        <source>Choose the method “physical”, in the task or for a backup by hand as it is started.</source>
        <translation>请选择“physical”方式（在任务中修改；手动备份则在启动时选择）。</translation>
    </message>
    <message>
        <source>The backup is not intact: {detail} ({path}).</source>
        <translation>备份不完整：{detail}（{path}）。</translation>
    </message>
    <message>
        <source>This is not the backup that was catalogued: its SHA-256 is {found}, the catalogue says {expected} ({path}).</source>
        <translation>这不是编目中的那份备份：其 SHA-256 为 {found}，编目中记录的是 {expected}（{path}）。</translation>
    </message>
    <message>
        <source>This is no valid kill policy: {detail}.</source>
        <translation>终止策略无效：{detail}。</translation>
    </message>
    <message>
        <source>Check its name, its time (at least one second), its limits and its patterns.</source>
        <translation>请检查名称、时长（至少一秒）、上限和匹配模式。</translation>
    </message>
    <message>
        <source>The agent holds revision {held} of the kill policies of {instance}, which is newer than {revision}.</source>
        <translation>代理上 {instance} 的终止策略版本为 {held}，比 {revision} 更新。</translation>
    </message>
    <message>
        <source>Reload the policies and hand them over again.</source>
        <translation>请重新读取策略后再次下发。</translation>
    </message>
    <message>
        <source>{instance} was not asked for the plan of this statement: {detail} ({reason}).</source>
        <translation>未向 {instance} 询问此语句的执行计划：{detail}（{reason}）。</translation>
    </message>
    <message>
        <source>Only what surely reads is explained. Take out what is named and give the rest with: zandbctl slow explain --sql</source>
        <translation>只解释确定为只读的语句。请去掉所指出的部分，再用以下命令给出其余部分：zandbctl slow explain --sql</translation>
    </message>
    <message>
        <source>{instance} writes no binlog, so nobody can tell when its replica has read as far.</source>
        <translation>{instance} 没有写二进制日志，因此无法判断其副本何时读到同一位置。</translation>
    </message>
    <message>
        <source>Compare the replica with a primary that writes one.</source>
        <translation>请与写二进制日志的主库比较。</translation>
    </message>
    <message>
        <source>{instance} does not replicate: {detail}.</source>
        <translation>{instance} 未在复制：{detail}。</translation>
    </message>
    <message>
        <source>Repair the replication, then check again; what the replica lacks until then is no difference.</source>
        <translation>请先修复复制再检查；在此之前副本缺少的内容不算差异。</translation>
    </message>
    <message>
        <source>{instance} did not reach its primary&apos;s position within {seconds} s.</source>
        <translation>{instance} 在 {seconds} 秒内未到达其主库的位置。</translation>
    </message>
    <message>
        <source>Look at its lag and at what its applier waits for. A position of another source, or one that filters leave out, is never reached.</source>
        <translation>请查看其延迟以及应用线程在等待什么。属于其他来源或被过滤掉的位置永远不会到达。</translation>
    </message>
    <message>
        <source>{instance} neither replicates from an instance of this fleet nor has a replica in it.</source>
        <translation>{instance} 既不从本机群的实例复制，在其中也没有副本。</translation>
    </message>
    <message>
        <source>Name its primary: zandbctl consistency check HOST/INSTANCE --primary HOST/INSTANCE</source>
        <translation>请指明其主库：zandbctl consistency check HOST/INSTANCE --primary HOST/INSTANCE</translation>
    </message>
    <message>
        <source>{instance} and {primary} are of different flavours, which write the same values differently.</source>
        <translation>{instance} 与 {primary} 属于不同的产品，相同的值写法不同。</translation>
    </message>
    <message>
        <source>Compare servers of one flavour.</source>
        <translation>请比较同一产品的服务器。</translation>
    </message>
    <message>
        <source>A statement on {instance} would have changed other rows of {table} than those recorded before it, so it was taken back: {detail}.</source>
        <translation>{instance} 上的一条语句会修改 {table} 中未事先记录的行，因此已回滚：{detail}。</translation>
    </message>
    <message>
        <source>Others write to the same rows. Add ORDER BY with a unique column, or retry.</source>
        <translation>其他会话也在写入相同的行。请加上按唯一列的 ORDER BY，或重试。</translation>
    </message>
    <message>
        <source>The host of {instance} keeps no rows of the run {run} that could be put back.</source>
        <translation>{instance} 的主机没有保存运行 {run} 可以恢复的行。</translation>
    </message>
    <message>
        <source>Only bounded UPDATE and DELETE leave such rows, and they are kept for 30 days.</source>
        <translation>只有带上限的 UPDATE 和 DELETE 会留下这样的行，保存 30 天。</translation>
    </message>
    <message>
        <source>{restored} rows of {instance} are as before; {left} were left as they are.</source>
        <translation>{instance} 的 {restored} 行已恢复原状；{left} 行保持不变。</translation>
    </message>
    <message>
        <source>Those rows were changed since, or the server refused them. The items of the run name each with its statement: decide by hand.</source>
        <translation>这些行此后被修改过，或被服务器拒绝。运行的条目列出了每一行及其语句：请人工决定。</translation>
    </message>
    <message>
        <source>{failed} of {of} instances failed, or nobody knows how they ended, so no further wave began.</source>
        <translation>{of} 个实例中有 {failed} 个失败或结果未知，因此没有开始下一批。</translation>
    </message>
    <message>
        <source>Look at those runs. zandbctl sql resume goes on with the rest; with --retry-failed also with those that failed.</source>
        <translation>请查看这些运行。zandbctl sql resume 继续其余实例；加 --retry-failed 时也重试失败的实例。</translation>
    </message>
    <message>
        <source>{instance} is {seconds} s behind its source, more than {limit} s, so no further wave began.</source>
        <translation>{instance} 落后其源 {seconds} 秒，超过 {limit} 秒，因此没有开始下一批。</translation>
    </message>
    <message>
        <source>Wait until it has caught up, then go on with zandbctl sql resume.</source>
        <translation>等它追上后，用 zandbctl sql resume 继续。</translation>
    </message>
    <message>
        <source>{instance} runs {running} statements, more than {limit}, so no further wave began.</source>
        <translation>{instance} 正在运行 {running} 条语句，超过 {limit} 条，因此没有开始下一批。</translation>
    </message>
    <message>
        <source>Look at its process list, then go on with zandbctl sql resume.</source>
        <translation>请查看其进程列表，然后用 zandbctl sql resume 继续。</translation>
    </message>
    <message>
        <source>Skipped, since a person wanted this occurrence left out.</source>
        <translation>已跳过：有人要求略过这一次。</translation>
    </message>
    <message>
        <source>Zabbix at {host} refused the question: {detail}.</source>
        <translation>{host} 上的 Zabbix 拒绝了查询：{detail}。</translation>
    </message>
    <message>
        <source>Check the API token of the headless instance, and that its user may read the hosts.</source>
        <translation>请检查无界面实例的 API 令牌，以及其用户是否有权读取主机。</translation>
    </message>
    <message>
        <source>What answers at {host} is not Zabbix: {detail}.</source>
        <translation>{host} 上应答的不是 Zabbix：{detail}。</translation>
    </message>
    <message>
        <source>Check url under [zabbix] of the headless instance&apos;s settings file: it is where the frontend is, or its api_jsonrpc.php.</source>
        <translation>请检查无界面实例配置文件 [zabbix] 中的 url：应为前端所在地址，或其 api_jsonrpc.php。</translation>
    </message>
    <message>
        <source>Name the authority that signed its certificate as tls_ca under [channels] or [zabbix] of the headless instance&apos;s settings file.</source>
        <translation>请在无界面实例配置文件的 [channels] 或 [zabbix] 中用 tls_ca 指定签发其证书的机构。</translation>
    </message>
    <message>
        <source>{instance} writes no binlogs.</source>
        <translation>{instance} 没有写 binlog。</translation>
    </message>
    <message>
        <source>Switch log_bin on, or end the archive.</source>
        <translation>请开启 log_bin，或停止归档。</translation>
    </message>
    <message>
        <source>The binlogs have a hole: {next} does not follow {file}. Missing: {missing}</source>
        <translation>binlog 有缺口：{next} 不能接在 {file} 之后。缺少：{missing}</translation>
    </message>
    <message>
        <source>Choose a target before the hole, or behind the next backup. “zandbctl binlog window” names both.</source>
        <translation>请选择缺口之前或下一个备份之后的目标。“zandbctl binlog window”会列出两者。</translation>
    </message>
    <message>
        <source>The binlog {file} is not intact: {detail}.</source>
        <translation>binlog {file} 不完整：{detail}。</translation>
    </message>
    <message>
        <source>Nothing was restored. Choose a target before this file, and look after the disk of the repository.</source>
        <translation>没有恢复任何内容。请选择此文件之前的目标，并检查仓库所在的磁盘。</translation>
    </message>
    <message>
        <source>The binlog {file} is not in the repository {repository}.</source>
        <translation>仓库 {repository} 中没有 binlog {file}。</translation>
    </message>
    <message>
        <source>Nothing was restored. Choose a target before this file, and find out who removed it.</source>
        <translation>没有恢复任何内容。请选择此文件之前的目标，并查明是谁删除了它。</translation>
    </message>
    <message>
        <source>This moment cannot be restored: {detail}.</source>
        <translation>无法恢复到这一时刻：{detail}。</translation>
    </message>
    <message>
        <source>Choose one that “zandbctl binlog window” names.</source>
        <translation>请选择“zandbctl binlog window”列出的时刻。</translation>
    </message>
    <message>
        <source>The binlogs of {instance} are encrypted: {file}. A stream of them would be plain text.</source>
        <translation>{instance} 的 binlog 已加密：{file}。以流方式传出的将是明文。</translation>
    </message>
    <message>
        <source>Encrypted servers are not archived.</source>
        <translation>加密的服务器不归档。</translation>
    </message>
    <message>
        <source>{instance} cannot be made: {clashes}</source>
        <translation>无法创建 {instance}：{clashes}</translation>
    </message>
    <message>
        <source>Nothing was touched. Do what is named for each clash, and try again.</source>
        <translation>未做任何改动。请按每项冲突所述处理后重试。</translation>
    </message>
    <message>
        <source>{path} was not made by this run, so nothing of it was touched.</source>
        <translation>{path} 不是由本次运行创建的，因此未做任何改动。</translation>
    </message>
    <message>
        <source>Choose another port, or move the directory away.</source>
        <translation>请选择其他端口，或移走该目录。</translation>
    </message>
    <message>
        <source>{instance} could not be made (step “{step}”): {detail}</source>
        <translation>无法创建 {instance}（步骤“{step}”）：{detail}</translation>
    </message>
    <message>
        <source>Remove the cause and try the run again; it goes on from this step. To remove what was made, retry the run and cancel it while it works.</source>
        <translation>排除原因后重试该运行，它会从此步骤继续。若要删除已创建的内容，请重试该运行并在其工作时取消。</translation>
    </message>
    <message>
        <source>The new server {instance} did not start: {detail}</source>
        <translation>新服务器 {instance} 未能启动：{detail}</translation>
    </message>
    <message>
        <source>Correct its my.cnf or what the words name, and try the run again.</source>
        <translation>请更正其 my.cnf 或上述原话所指的问题，然后重试该运行。</translation>
    </message>
    <message>
        <source>There is no backup of {instance} that a new instance could begin with.</source>
        <translation>没有可供新实例使用的 {instance} 备份。</translation>
    </message>
    <message>
        <source>Back it up first, or choose a backup.</source>
        <translation>请先备份，或选择一个备份。</translation>
    </message>
    <message>
        <source>The template {template} cannot be used: {detail}.</source>
        <translation>模板 {template} 无法使用：{detail}。</translation>
    </message>
    <message>
        <source>Correct it, or choose another one.</source>
        <translation>请更正它，或选择其他模板。</translation>
    </message>
    <message>
        <source>{host} has no script “{script}” in its catalogue.</source>
        <translation>{host} 的脚本目录中没有“{script}”。</translation>
    </message>
    <message>
        <source>See what there is: zandbctl script list. The host&apos;s administrator adds one to agent.toml, as [[script]].</source>
        <translation>查看已有脚本：zandbctl script list。由该主机的管理员在 agent.toml 中以 [[script]] 添加。</translation>
    </message>
    <message>
        <source>The parameter {parameter} of the script “{script}” {detail}.</source>
        <translation>脚本“{script}”的参数 {parameter} 有误：{detail}。</translation>
    </message>
    <message>
        <source>See what it takes: zandbctl script list</source>
        <translation>查看它的参数：zandbctl script list</translation>
    </message>
    <message>
        <source>The script “{script}” may not be run by the role {role}.</source>
        <translation>角色 {role} 不允许运行脚本“{script}”。</translation>
    </message>
    <message>
        <source>The host&apos;s administrator says who may: role and scheduled of its [[script]] in agent.toml.</source>
        <translation>由该主机的管理员决定：agent.toml 中该 [[script]] 的 role 和 scheduled。</translation>
    </message>
    <message>
        <source>The script “{script}” was not started: {detail}.</source>
        <translation>脚本“{script}”未启动：{detail}。</translation>
    </message>
    <message>
        <source>Correct it on the host, then retry.</source>
        <translation>请在主机上更正，然后重试。</translation>
    </message>
    <message>
        <source>The script “{script}” ended with {status}: {detail}</source>
        <translation>脚本“{script}”以 {status} 结束：{detail}</translation>
    </message>
    <message>
        <source>The script “{script}” says that it cannot do its work now: {detail}</source>
        <translation>脚本“{script}”报告现在无法完成工作：{detail}</translation>
    </message>
    <message>
        <source>Retry it later.</source>
        <translation>请稍后重试。</translation>
    </message>
    <message>
        <source>The script “{script}” was ended, since it had not ended by itself after {limit}.</source>
        <translation>脚本“{script}”在 {limit} 后仍未结束，已被终止。</translation>
    </message>
    <message>
        <source>Look why it takes so long; timeout_seconds in agent.toml says how long it may.</source>
        <translation>请查明为何耗时如此之久；允许的时长由 agent.toml 中的 timeout_seconds 决定。</translation>
    </message>
</context>
<context>
    <name>FleetStateText</name>
    <message>
        <source>never asked</source>
        <translation>从未查询</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>login refused</source>
        <translation>登录被拒</translation>
    </message>
    <message>
        <source>no agent</source>
        <translation>无代理</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>up</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>replication stopped</source>
        <translation>复制已停止</translation>
    </message>
    <message>
        <source>lagging</source>
        <translation>复制延迟</translation>
    </message>
    <message>
        <source>down</source>
        <translation>已宕机</translation>
    </message>
    <message>
        <source>no access</source>
        <translation>无访问权限</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>已消失</translation>
    </message>
    <message>
        <source>replica</source>
        <translation>从库</translation>
    </message>
    <message>
        <source>replica of %1</source>
        <translation>%1 的从库</translation>
    </message>
    <message numerus="yes">
        <source>primary, %n replica(s)</source>
        <translation>
            <numerusform>主库，%n 个从库</numerusform>
        </translation>
    </message>
    <message>
        <source>primary</source>
        <translation>主库</translation>
    </message>
    <message>
        <source>single</source>
        <translation>单实例</translation>
    </message>
    <message>
        <source>%1, seen %2</source>
        <translation>%1，最后响应于 %2</translation>
    </message>
    <message>
        <source>%1, age unknown</source>
        <translation>%1，时间未知</translation>
    </message>
    <message>
        <source>SQL thread stopped</source>
        <translation>SQL 线程已停止</translation>
    </message>
    <message>
        <source>IO thread not connected</source>
        <translation>IO 线程未连接</translation>
    </message>
    <message>
        <source>IO and SQL threads stopped</source>
        <translation>IO 线程和 SQL 线程均已停止</translation>
    </message>
    <message>
        <source>%1: error %2, %3</source>
        <translation>%1：错误 %2，%3</translation>
    </message>
    <message>
        <source>%1, the server reports no error</source>
        <translation>%1，服务器没有报告错误</translation>
    </message>
    <message>
        <source>clock ahead</source>
        <translation>时钟超前</translation>
    </message>
    <message>
        <source>The clock that wrote this was ahead: how old it is nobody knows.</source>
        <translation>写入该时间的时钟超前，因此无法得知它有多旧。</translation>
    </message>
</context>
<context>
    <name>FormatText</name>
    <message>
        <source>%1 bytes</source>
        <translation>%1 字节</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 天 %2 小时</translation>
    </message>
    <message>
        <source>%1 s ago</source>
        <translation>%1 秒前</translation>
    </message>
    <message>
        <source>%1 min ago</source>
        <translation>%1 分钟前</translation>
    </message>
    <message>
        <source>%1 h ago</source>
        <translation>%1 小时前</translation>
    </message>
    <message>
        <source>%1 d ago</source>
        <translation>%1 天前</translation>
    </message>
    <message>
        <source>%1 local (%2)
%3 UTC</source>
        <translation>本地时间 %1（%2）
UTC %3</translation>
    </message>
    <message>
        <source>%1 µs</source>
        <translation>%1 µs</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小时</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 天</translation>
    </message>
</context>
<context>
    <name>HealthText</name>
    <message>
        <source>Schedules do not run: no headless instance has been alive since %1</source>
        <translation>计划没有执行：自 %1 起没有运行中的后台服务</translation>
    </message>
    <message>
        <source>Schedules do not run: no headless instance is alive</source>
        <translation>计划没有执行：没有运行中的后台服务</translation>
    </message>
    <message>
        <source>Schedules do not run: the store&apos;s clock went back</source>
        <translation>计划没有执行：元数据库的时钟被调回</translation>
    </message>
    <message>
        <source>Schedules do not run: the store&apos;s clock jumped ahead</source>
        <translation>计划没有执行：元数据库的时钟突然超前</translation>
    </message>
    <message>
        <source>No task starts, no run is tried again, and no host is asked how it is. Start one with &quot;zandbctl serve&quot;.</source>
        <translation>没有任务会开始，没有运行会重试，也不会查询任何主机的状态。请用“zandbctl serve”启动一个后台服务。</translation>
    </message>
    <message>
        <source>They are held until the clock is believed again. Check the time of the metadata store&apos;s server.</source>
        <translation>在时钟恢复可信之前，计划暂停执行。请检查元数据库服务器的时间。</translation>
    </message>
</context>
<context>
    <name>HistoryText</name>
    <message>
        <source>Queries and transactions</source>
        <translation>查询与事务</translation>
    </message>
    <message>
        <source>queries</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>commits</source>
        <translation>提交</translation>
    </message>
    <message>
        <source>rollbacks</source>
        <translation>回滚</translation>
    </message>
    <message>
        <source>Connections and threads</source>
        <translation>连接与线程</translation>
    </message>
    <message>
        <source>connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>threads running</source>
        <translation>运行中的线程</translation>
    </message>
    <message>
        <source>Slow queries</source>
        <translation>慢查询</translation>
    </message>
    <message>
        <source>slow queries</source>
        <translation>慢查询</translation>
    </message>
    <message>
        <source>Replication lag</source>
        <translation>复制延迟</translation>
    </message>
    <message>
        <source>lag</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>written</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>Buffer pool hits</source>
        <translation>缓冲池命中率</translation>
    </message>
    <message>
        <source>hits</source>
        <translation>命中</translation>
    </message>
    <message>
        <source>Data and redo IO</source>
        <translation>数据与重做日志 IO</translation>
    </message>
    <message>
        <source>data read</source>
        <translation>数据读取</translation>
    </message>
    <message>
        <source>data written</source>
        <translation>数据写入</translation>
    </message>
    <message>
        <source>redo written</source>
        <translation>重做日志写入</translation>
    </message>
    <message>
        <source>Temporary tables</source>
        <translation>临时表</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>on disk</source>
        <translation>磁盘上</translation>
    </message>
    <message>
        <source>CPU of the host</source>
        <translation>主机 CPU</translation>
    </message>
    <message>
        <source>busy</source>
        <translation>占用</translation>
    </message>
    <message>
        <source>Memory of the host</source>
        <translation>主机内存</translation>
    </message>
    <message>
        <source>used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>available</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Disk of the data directory</source>
        <translation>数据目录所在磁盘</translation>
    </message>
    <message>
        <source>free</source>
        <translation>空闲</translation>
    </message>
</context>
<context>
    <name>KilledText</name>
    <message>
        <source>killed</source>
        <translation>已终止</translation>
    </message>
    <message>
        <source>dry run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>kill sent</source>
        <translation>已发出终止</translation>
    </message>
    <message>
        <source>had ended</source>
        <translation>已自行结束</translation>
    </message>
    <message>
        <source>spared</source>
        <translation>已放过</translation>
    </message>
    <message>
        <source>not killed</source>
        <translation>未终止</translation>
    </message>
    <message>
        <source>No administrator has set this policy on the agent yet.</source>
        <translation>尚无管理员在该代理上设置此策略。</translation>
    </message>
    <message>
        <source>The agent had not been heard of for a day.</source>
        <translation>代理已有一天未收到任何消息。</translation>
    </message>
    <message>
        <source>The policy only notes what it would kill.</source>
        <translation>该策略只记录会被终止的语句。</translation>
    </message>
    <message>
        <source>The agent ended before it could say what became of it.</source>
        <translation>代理在报告结果之前已退出。</translation>
    </message>
    <message>
        <source>When the agent looked again, it had ended or was another statement.</source>
        <translation>代理再次检查时，该语句已结束或已换成别的语句。</translation>
    </message>
    <message>
        <source>By then its transaction had changed too many rows.</source>
        <translation>届时其事务已修改过多的行。</translation>
    </message>
    <message>
        <source>Killed</source>
        <translation>已终止</translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Not killed</source>
        <translation>未终止</translation>
    </message>
    <message>
        <source>Killed by others: not told by these servers, or not collected yet.</source>
        <translation>被其他方终止：这些服务器不提供，或尚未收集。</translation>
    </message>
    <message>
        <source>Killed by others: told by %1 of %2 servers; time limits: by %3.</source>
        <translation>被其他方终止：%2 台服务器中有 %1 台提供；时间上限：%3 台。</translation>
    </message>
    <message>
        <source>Killed by others</source>
        <translation>被其他方终止</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时间上限</translation>
    </message>
</context>
<context>
    <name>Look</name>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>late</source>
        <translation>延误</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>已错过</translation>
    </message>
</context>
<context>
    <name>OutcomeText</name>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Proved</source>
        <translation>验证级别</translation>
    </message>
    <message>
        <source>Tables checked</source>
        <translation>已检查的表</translation>
    </message>
    <message>
        <source>Damaged tables</source>
        <translation>损坏的表</translation>
    </message>
    <message>
        <source>Restore took</source>
        <translation>恢复耗时</translation>
    </message>
    <message>
        <source>Left behind</source>
        <translation>遗留文件</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>注意</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Objects compared</source>
        <translation>已比较的对象</translation>
    </message>
    <message>
        <source>Rows compared</source>
        <translation>已比较的行</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Type “%1” to confirm:</source>
        <translation>请输入“%1”以确认：</translation>
    </message>
</context>
<context>
    <name>RunContent</name>
    <message>
        <source>Cause: %1</source>
        <translation>原因：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) selected</source>
        <translation>
            <numerusform>已选择 %n 个运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Select at most %1 to do something with all of them.</source>
        <translation>要同时操作，最多只能选择 %1 个。</translation>
    </message>
    <message>
        <source>These are too many at once.</source>
        <translation>一次选择的数量过多。</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>主机</translation>
    </message>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>%n 次</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more error(s)</source>
        <translation>
            <numerusform>以及另外 %n 种错误</numerusform>
        </translation>
    </message>
    <message>
        <source>This can be done with none of the selected runs.</source>
        <translation>所选运行都不能执行此操作。</translation>
    </message>
</context>
<context>
    <name>RunText</name>
    <message>
        <source>Comparison of configurations</source>
        <translation>配置比较</translation>
    </message>
    <message>
        <source>Configuration change</source>
        <translation>配置变更</translation>
    </message>
    <message>
        <source>Backup</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>Verification</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>主机信息</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>采样</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>copying</source>
        <translation>复制中</translation>
    </message>
    <message>
        <source>packing</source>
        <translation>打包中</translation>
    </message>
    <message>
        <source>checking</source>
        <translation>校验中</translation>
    </message>
    <message>
        <source>preparing</source>
        <translation>准备中</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>cancelling</source>
        <translation>正在取消</translation>
    </message>
    <message>
        <source>retry in %1</source>
        <translation>%1 后重试</translation>
    </message>
    <message>
        <source>%1 of %2 tables</source>
        <translation>%1 / %2 张表</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>It succeeded: there is nothing to retry.</source>
        <translation>已成功，无需重试。</translation>
    </message>
    <message>
        <source>It was skipped; start a new run instead.</source>
        <translation>已跳过，请改为启动新的运行。</translation>
    </message>
    <message>
        <source>It has not ended yet.</source>
        <translation>尚未结束。</translation>
    </message>
    <message>
        <source>It has already ended.</source>
        <translation>已经结束。</translation>
    </message>
    <message>
        <source>What</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>手动</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>计划时间</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束时间</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>Next try</source>
        <translation>下次重试</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>unpacking</source>
        <translation>解包中</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>导入中</translation>
    </message>
    <message>
        <source>Restore to</source>
        <translation>恢复到</translation>
    </message>
    <message>
        <source>a scratch directory on %1</source>
        <translation>%1 上的临时目录</translation>
    </message>
    <message>
        <source>Only a run whose outcome is unknown can be given up; this one can be cancelled.</source>
        <translation>只有结果未知的运行可以放弃等待；此运行可以取消。</translation>
    </message>
    <message>
        <source>Free now</source>
        <translation>当前可用</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1：%2，共 %3</translation>
    </message>
    <message>
        <source>A retry has already been requested.</source>
        <translation>已请求重试。</translation>
    </message>
    <message>
        <source>Cancellation has already been requested.</source>
        <translation>已请求取消。</translation>
    </message>
    <message>
        <source>Requested by</source>
        <translation>发起人</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>There is no run to retry; start a new one instead.</source>
        <translation>没有可重试的运行；请启动新的运行。</translation>
    </message>
    <message>
        <source>There is no run to cancel.</source>
        <translation>没有可取消的运行。</translation>
    </message>
    <message>
        <source>There is no run to give up.</source>
        <translation>没有可放弃的运行。</translation>
    </message>
    <message>
        <source>Occurrences</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>等待原因</translation>
    </message>
    <message>
        <source>There is no run to take over.</source>
        <translation>没有可接管的运行。</translation>
    </message>
    <message>
        <source>The headless instance executes it; only a run of a person&apos;s program can be taken over.</source>
        <translation>它由后台服务执行；只有由个人的程序执行的运行才能接管。</translation>
    </message>
    <message>
        <source>Executed by</source>
        <translation>执行者</translation>
    </message>
    <message>
        <source>Log rotation</source>
        <translation>日志轮转</translation>
    </message>
    <message>
        <source>SQL script</source>
        <translation>SQL 脚本</translation>
    </message>
    <message>
        <source>Undo of SQL</source>
        <translation>撤销 SQL</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Key check</source>
        <translation>键检查</translation>
    </message>
    <message>
        <source>Recovery</source>
        <translation>时间点恢复</translation>
    </message>
    <message>
        <source>unpacking binlogs</source>
        <translation>正在解包 binlog</translation>
    </message>
    <message>
        <source>playing binlogs</source>
        <translation>正在重放 binlog</translation>
    </message>
    <message>
        <source>New instance</source>
        <translation>新实例</translation>
    </message>
    <message>
        <source>Checks before it is made</source>
        <translation>创建前检查</translation>
    </message>
    <message>
        <source>Directories and my.cnf</source>
        <translation>目录与 my.cnf</translation>
    </message>
    <message>
        <source>Data and accounts</source>
        <translation>数据与账户</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Removal of what was made</source>
        <translation>删除已创建的内容</translation>
    </message>
    <message>
        <source>Replication account on the primary</source>
        <translation>主库上的复制账户</translation>
    </message>
    <message>
        <source>Removal of the replication account</source>
        <translation>删除复制账户</translation>
    </message>
    <message>
        <source>Start of replication</source>
        <translation>启动复制</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>脚本</translation>
    </message>
</context>
<context>
    <name>Scope</name>
    <message>
        <source>All hosts</source>
        <translation>全部主机</translation>
    </message>
</context>
<context>
    <name>StoreRoleText</name>
    <message>
        <source>viewer</source>
        <translation>查看者</translation>
    </message>
    <message>
        <source>operator</source>
        <translation>操作员</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>管理员</translation>
    </message>
    <message>
        <source>Your account on the metadata store may only look (role viewer). Ask an administrator for the role operator.</source>
        <translation>您在元数据库中的账号只能查看（查看者角色）。请向管理员申请操作员角色。</translation>
    </message>
</context>
<context>
    <name>TimeRangeText</name>
    <message>
        <source>%1 to %2</source>
        <translation>%1 至 %2</translation>
    </message>
    <message numerus="yes">
        <source>last %n day(s)</source>
        <translation>
            <numerusform>最近 %n 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n hour(s)</source>
        <translation>
            <numerusform>最近 %n 小时</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WaitingText</name>
    <message>
        <source>Waits for the program of the person who started it.</source>
        <translation>正在等待发起者的程序。</translation>
    </message>
    <message>
        <source>Waits until %1.</source>
        <translation>等待至 %1。</translation>
    </message>
    <message>
        <source>Waits for its host, which does not answer.</source>
        <translation>正在等待所在主机，主机没有响应。</translation>
    </message>
    <message>
        <source>Waits for a headless instance: none serves its host.</source>
        <translation>正在等待后台服务：没有后台服务负责其主机。</translation>
    </message>
    <message>
        <source>Waits for its window, which opens %1.</source>
        <translation>正在等待时间窗口，将于 %1 打开。</translation>
    </message>
    <message>
        <source>Failed; tried again %1.</source>
        <translation>失败；将于 %1 重试。</translation>
    </message>
    <message>
        <source>Waits until an earlier run of the same task on this instance has ended.</source>
        <translation>正在等待同一任务在此实例上较早的运行结束。</translation>
    </message>
    <message>
        <source>Waits for another run that works on this instance.</source>
        <translation>正在等待此实例上的另一个运行结束。</translation>
    </message>
    <message>
        <source>Waits for its turn: as many runs of its task as may run at once do. One is of %1.</source>
        <translation>正在排队：该任务同时运行的数量已达上限，其中一个是 %1 的运行。</translation>
    </message>
    <message>
        <source>Waits for its turn: as many runs on its host as may run at once do. One is of %1.</source>
        <translation>正在排队：其主机上同时运行的数量已达上限，其中一个是 %1 的运行。</translation>
    </message>
    <message>
        <source>Waits for its turn: as many runs into its repository as may run at once do. One is of %1.</source>
        <translation>正在排队：写入其备份仓库的运行数量已达上限，其中一个是 %1 的运行。</translation>
    </message>
</context>
<context>
    <name>zandb::AcceptDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Accept differences — %1</source>
        <translation>接受差异 — %1</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
    <message>
        <source>why it may differ</source>
        <translation>为何可以不同</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>For</source>
        <translation>期限</translation>
    </message>
    <message numerus="yes">
        <source>Accept %n difference(s)</source>
        <translation>
            <numerusform>接受 %n 项差异</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::AttentionModel</name>
    <message>
        <source>Needs attention</source>
        <translation>需要关注</translation>
    </message>
</context>
<context>
    <name>zandb::BackupDaysChart</name>
    <message>
        <source>Backups per night</source>
        <translation>每晚备份</translation>
    </message>
    <message>
        <source>good</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>stored, %1</source>
        <translation>存储量，%1</translation>
    </message>
    <message>
        <source>backups</source>
        <translation>备份数</translation>
    </message>
    <message>
        <source>Noon %1 to noon
%2 good, %3 failed, %4 other
stored %5 (%6)</source>
        <translation>%1 正午至次日正午
成功 %2，失败 %3，其他 %4
存储 %5（%6）</translation>
    </message>
    <message>
        <source>Hide “%1”</source>
        <translation>隐藏“%1”</translation>
    </message>
    <message>
        <source>Show “%1”</source>
        <translation>显示“%1”</translation>
    </message>
</context>
<context>
    <name>zandb::BackupDialog</name>
    <message>
        <source>Back up %1</source>
        <translation>备份 %1</translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)</source>
        <translation>
            <numerusform>备份 %n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>Back up — %1</source>
        <translation>备份 — %1</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>备份仓库</translation>
    </message>
    <message>
        <source>Type %1</source>
        <translation>请输入 %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message numerus="yes">
        <source>On %n host(s).</source>
        <translation>
            <numerusform>分布在 %n 台主机上。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of data are read there.</source>
        <translation>将从中读取 %1 数据。</translation>
    </message>
    <message>
        <source>How much data it holds is not known.</source>
        <translation>其数据量未知。</translation>
    </message>
    <message numerus="yes">
        <source>How much data %n of them hold(s) is not known.</source>
        <translation>
            <numerusform>其中 %n 个的数据量未知。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Automatic: physical where possible</source>
        <translation>自动：尽可能使用物理备份</translation>
    </message>
    <message>
        <source>Physical: the server&apos;s files</source>
        <translation>物理：复制服务器的文件</translation>
    </message>
    <message>
        <source>Logical: a dump by the server&apos;s own tool</source>
        <translation>逻辑：用服务器自带工具导出</translation>
    </message>
    <message>
        <source>Logical: a dump by mydumper</source>
        <translation>逻辑：用 mydumper 导出</translation>
    </message>
    <message>
        <source>Clone plugin (MySQL)</source>
        <translation>克隆插件（MySQL）</translation>
    </message>
    <message>
        <source>mariadb-backup for MariaDB, the clone plugin for MySQL; a dump where neither can be used.</source>
        <translation>MariaDB 使用 mariadb-backup，MySQL 使用克隆插件；都不可用时改为导出。</translation>
    </message>
    <message>
        <source>The fastest to restore. Needs the tool or the plugin on the host.</source>
        <translation>恢复最快。主机上需要相应的工具或插件。</translation>
    </message>
    <message>
        <source>mariadb-dump or mysqldump: works everywhere, and takes long to restore when there is much data.</source>
        <translation>使用 mariadb-dump 或 mysqldump：处处可用，但数据量大时恢复很慢。</translation>
    </message>
    <message>
        <source>Several threads. For MariaDB, and MySQL before 8.4.</source>
        <translation>多线程。适用于 MariaDB 以及 8.4 之前的 MySQL。</translation>
    </message>
    <message>
        <source>Copies beside the data directory first: there must be room for all data once more.</source>
        <translation>先在数据目录旁边复制：需要能再容纳一份全部数据的空间。</translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) have no repository of this name: %1. Their backups will fail.</source>
        <translation>
            <numerusform>有 %n 台主机没有此名称的仓库：%1。它们的备份将会失败。</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>The repository is missing.</source>
        <translation>缺少仓库。</translation>
    </message>
    <message>
        <source>This is production: type %1 first.</source>
        <translation>这是生产环境：请先输入 %1。</translation>
    </message>
</context>
<context>
    <name>zandb::BackupTableModel</name>
    <message>
        <source>expired</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>Verified %1</source>
        <translation>验证于 %1</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>计划时间</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>存储大小</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>Proved</source>
        <translation>验证级别</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>found bad</source>
        <translation>发现损坏</translation>
    </message>
</context>
<context>
    <name>zandb::BackupTimelineModel</name>
    <message>
        <source>%1, stored %2</source>
        <translation>%1，存储 %2</translation>
    </message>
</context>
<context>
    <name>zandb::BackupTimelineView</name>
    <message>
        <source>ddd, d MMM</source>
        <translation>M月d日 ddd</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>M月d日</translation>
    </message>
</context>
<context>
    <name>zandb::BackupsPage</name>
    <message>
        <source>Backups</source>
        <translation>备份</translation>
    </message>
    <message>
        <source>No backups in this time range</source>
        <translation>此时间范围内没有备份</translation>
    </message>
    <message>
        <source>Open the run</source>
        <translation>打开运行详情</translation>
    </message>
    <message>
        <source>Cancel this backup</source>
        <translation>取消此备份</translation>
    </message>
    <message>
        <source>Restore…</source>
        <translation>恢复…</translation>
    </message>
    <message>
        <source>Back up %1</source>
        <translation>备份 %1</translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)</source>
        <translation>
            <numerusform>备份 %n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>&lt;p&gt;The backups of what the tree has selected, in the time range at the top right. A night counts from noon to noon, so that it belongs to one day.&lt;/p&gt;&lt;p&gt;The counts filter when clicked. In the timeline each bar is a run from its start to its end: click selects it in the table too, drag zooms, Ctrl and the wheel zoom at the pointer, a double click beside the bars goes back. Clicking a word above the chart switches that series.&lt;/p&gt;&lt;p&gt;A backup is &lt;b&gt;ok&lt;/b&gt; only when the tool ended well and said so, everything the server holds is in it, and its position is known. &lt;b&gt;Proved&lt;/b&gt; says how far it was tested: &lt;i&gt;verified&lt;/i&gt; means that a server was started on a restore of it and its tables were checked. &lt;i&gt;Verify by a restore&lt;/i&gt; does that now; &lt;i&gt;Restore&lt;/i&gt; keeps what it made, in a directory you name.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Unknown&lt;/b&gt; means that the host cannot be asked; it resolves when the host answers.&lt;/p&gt;</source>
        <translation>&lt;p&gt;这里是左侧树中所选范围、右上角时间范围内的备份。一夜从中午算到次日中午，因此归属于同一天。&lt;/p&gt;&lt;p&gt;点击计数可筛选。时间线上每一条是一次运行从开始到结束：点击会同时选中表格中的行，拖动可放大，按住 Ctrl 滚动滚轮可在光标处缩放，在空白处双击可返回。点击图表上方的文字可显示或隐藏该序列。&lt;/p&gt;&lt;p&gt;只有工具正常结束并给出结束标志、服务器上的内容全部包含在内、且位点已知时，备份才是&lt;b&gt;正常&lt;/b&gt;。&lt;b&gt;验证级别&lt;/b&gt;表示它经过何种检验：&lt;i&gt;已验证&lt;/i&gt;指在其恢复结果上启动了服务器并检查了各表。&lt;i&gt;恢复验证&lt;/i&gt;会立即执行此检查；&lt;i&gt;恢复&lt;/i&gt;会把结果保留在您指定的目录中。&lt;/p&gt;&lt;p&gt;&lt;b&gt;未知&lt;/b&gt;表示目前无法询问该主机；主机应答后即会确定。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>This backup has expired: its files are gone.</source>
        <translation>此备份已过期：文件已被删除。</translation>
    </message>
    <message>
        <source>Its host restores it into a scratch directory, starts a server on it, checks every table and removes it again.</source>
        <translation>其主机会把它恢复到临时目录，在其上启动服务器，检查每张表，然后删除。</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>存储大小</translation>
    </message>
    <message>
        <source>Retry %1</source>
        <translation>重试 %1 个</translation>
    </message>
    <message>
        <source>Cancel %1</source>
        <translation>取消 %1 个</translation>
    </message>
    <message>
        <source>Back up %1…</source>
        <translation>备份 %1…</translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)…</source>
        <translation>
            <numerusform>备份 %n 个实例…</numerusform>
        </translation>
    </message>
    <message>
        <source>Verify %1 by restores</source>
        <translation>恢复验证 %1 个</translation>
    </message>
    <message>
        <source>Tasks back up instances on a schedule: zandbctl task add. Or back up the selection in the tree now.</source>
        <translation>任务可按计划备份实例：zandbctl task add。也可立即备份左侧树中所选的内容。</translation>
    </message>
    <message>
        <source>The selection in the tree holds no instance.</source>
        <translation>左侧树所选范围内没有实例。</translation>
    </message>
    <message>
        <source>Select a backup to see its details.</source>
        <translation>选择一个备份以查看其详细信息。</translation>
    </message>
    <message>
        <source>Verify by a restore</source>
        <translation>恢复验证</translation>
    </message>
    <message>
        <source>Into an empty directory on a host, with your own key</source>
        <translation>恢复到某台主机的空目录，使用您自己的密钥</translation>
    </message>
    <message>
        <source>Which ones: see Today, or the column &quot;Last good backup&quot; of the Fleet page.</source>
        <translation>具体实例见“今日”页面，或“主机群”页面的“最近有效备份”列。</translation>
    </message>
</context>
<context>
    <name>zandb::BoardStrip</name>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>late</source>
        <translation>延误</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>已错过</translation>
    </message>
    <message>
        <source>pending</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>due</source>
        <translation>应执行</translation>
    </message>
</context>
<context>
    <name>zandb::ChartPlot</name>
    <message>
        <source>%1, from %2</source>
        <translation>%1，自 %2 起</translation>
    </message>
</context>
<context>
    <name>zandb::ConfigDialog</name>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>as the server names it: long_query_time</source>
        <translation>按服务器的写法：long_query_time</translation>
    </message>
    <message>
        <source>1, ON, 64M …</source>
        <translation>1、ON、64M …</translation>
    </message>
    <message>
        <source>the server&apos;s default</source>
        <translation>服务器默认值</translation>
    </message>
    <message>
        <source>in memory and on disk</source>
        <translation>内存和磁盘</translation>
    </message>
    <message>
        <source>in memory only, until the next start</source>
        <translation>仅内存，直到下次启动</translation>
    </message>
    <message>
        <source>on disk only, from the next start on</source>
        <translation>仅磁盘，下次启动起生效</translation>
    </message>
    <message>
        <source>Start a private server with the new files first</source>
        <translation>先用新文件启动一个私有服务器试验</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>the first failure</source>
        <translation>首次失败</translation>
    </message>
    <message>
        <source>more than %1 % failures</source>
        <translation>失败超过 %1 %</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>first</source>
        <translation>首个</translation>
    </message>
    <message>
        <source>then at a time</source>
        <translation>之后每批</translation>
    </message>
    <message>
        <source>pause</source>
        <translation>间隔</translation>
    </message>
    <message>
        <source>stop after</source>
        <translation>停止条件</translation>
    </message>
    <message>
        <source>Waves</source>
        <translation>分批</translation>
    </message>
    <message>
        <source>No preview yet</source>
        <translation>尚未预览</translation>
    </message>
    <message>
        <source>Name a variable and a value: the agents then say what would change, and change nothing.</source>
        <translation>填写变量和值：代理会说明将改变什么，但不做任何更改。</translation>
    </message>
    <message>
        <source>Name a variable.</source>
        <translation>请填写变量名。</translation>
    </message>
    <message>
        <source>Give a value, or choose the server&apos;s default.</source>
        <translation>请填写值，或选择服务器默认值。</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>not begun</source>
        <translation>未开始</translation>
    </message>
    <message>
        <source>previewed</source>
        <translation>已预览</translation>
    </message>
    <message>
        <source>asking</source>
        <translation>查询中</translation>
    </message>
    <message numerus="yes">
        <source>Leave out the %n instance(s) that refuse it</source>
        <translation>
            <numerusform>跳过拒绝的 %n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 done.</source>
        <translation>已完成 %1 / %2。</translation>
    </message>
    <message numerus="yes">
        <source>Changed on %n instance(s).</source>
        <translation>
            <numerusform>已在 %n 个实例上更改。</numerusform>
        </translation>
    </message>
    <message>
        <source>Changed on %1 of %2 instances; the lines say why.</source>
        <translation>已更改 %1 / %2 个实例；原因见各行。</translation>
    </message>
    <message>
        <source>%1 of %2 have answered.</source>
        <translation>%1 / %2 已应答。</translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) refuse it: nothing is sent.</source>
        <translation>
            <numerusform>%n 个实例拒绝：不会发送任何更改。</numerusform>
        </translation>
    </message>
    <message>
        <source>It is refused: nothing can be sent.</source>
        <translation>被拒绝：无法发送。</translation>
    </message>
    <message>
        <source>This is what would change; nothing has changed yet.</source>
        <translation>以上是将要更改的内容；尚未做任何更改。</translation>
    </message>
    <message>
        <source>Nothing is changed by a preview.</source>
        <translation>预览不做任何更改。</translation>
    </message>
    <message numerus="yes">
        <source>Change %n instance(s)</source>
        <translation>
            <numerusform>更改 %n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>Preview again</source>
        <translation>再次预览</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>No option file changes, so no private start is needed.</source>
        <translation>没有选项文件变动，无需试验启动。</translation>
    </message>
    <message>
        <source>No private server is started with the new files: whether the server starts with them is not tried.</source>
        <translation>不用新文件做试验启动：服务器能否用它们启动未经验证。</translation>
    </message>
    <message>
        <source>A private server has started with the new files.</source>
        <translation>私有服务器已用新文件成功启动。</translation>
    </message>
    <message>
        <source>A private server is started with the new files before they are written.</source>
        <translation>写入前会先用新文件启动一个私有服务器。</translation>
    </message>
    <message>
        <source>That does not prove: %1</source>
        <translation>这不能证明：%1</translation>
    </message>
    <message>
        <source>Taken back before, from a change that a crash had cut off: %1</source>
        <translation>先撤回了一项因崩溃中断的更改：%1</translation>
    </message>
</context>
<context>
    <name>zandb::ConfigPage</name>
    <message>
        <source>Configuration</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>&lt;p&gt;The variables of the selected instances, read through their agents: the value in memory, the value that stands on disk with its file and line, and the server&apos;s own default. &lt;b&gt;A start changes it&lt;/b&gt; marks values that the next start of the server would change.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Change a variable&lt;/b&gt; sets it in memory and on disk as one act, on one instance or on many. Nothing is done before you have seen a preview: old and new values, file and line, and what the server says to it. The first instance goes alone, the others in waves; the first failure stops the rest. What an agent cannot finish, it takes back.&lt;/p&gt;&lt;p&gt;&lt;b&gt;History&lt;/b&gt; lists what was changed from here, by whom. &lt;b&gt;Take back&lt;/b&gt; sets the old values again, unless somebody has changed them since. The same is done by &lt;code&gt;zandbctl config set&lt;/code&gt;, &lt;code&gt;config history&lt;/code&gt; and &lt;code&gt;config revert&lt;/code&gt;.&lt;/p&gt;</source>
        <translation>&lt;p&gt;所选实例的变量，通过其代理读取：内存中的值、磁盘上的值及其文件与行，以及服务器自身的默认值。&lt;b&gt;启动后会改变&lt;/b&gt;标出服务器下次启动时会改变的值。&lt;/p&gt;&lt;p&gt;&lt;b&gt;更改变量&lt;/b&gt;把内存与磁盘作为一个动作一起设置，可在一个或多个实例上进行。在看到预览之前不会做任何事：预览列出新旧值、文件与行，以及服务器的答复。首个实例单独进行，其余分批进行；首次失败即停止其余。代理无法完成的，会自行撤回。&lt;/p&gt;&lt;p&gt;&lt;b&gt;历史&lt;/b&gt;列出从这里所做的更改及操作人。&lt;b&gt;撤回&lt;/b&gt;恢复旧值，除非之后有人改过。&lt;code&gt;zandbctl config set&lt;/code&gt;、&lt;code&gt;config history&lt;/code&gt; 和 &lt;code&gt;config revert&lt;/code&gt; 可以做同样的事。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>All variables</source>
        <translation>全部变量</translation>
    </message>
    <message>
        <source>Set on disk</source>
        <translation>磁盘上已设置</translation>
    </message>
    <message>
        <source>A start changes it</source>
        <translation>启动后会改变</translation>
    </message>
    <message>
        <source>Not the default</source>
        <translation>非默认值</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>Take back…</source>
        <translation>撤回…</translation>
    </message>
    <message>
        <source>No variables to show</source>
        <translation>没有可显示的变量</translation>
    </message>
    <message>
        <source>Select a group, a host or an instance in the tree; its agents are then asked.</source>
        <translation>在树中选择组、主机或实例，随后会询问其代理。</translation>
    </message>
    <message>
        <source>Nothing was changed yet</source>
        <translation>尚无更改</translation>
    </message>
    <message>
        <source>Changes that are made here or by zandbctl config set are kept with their old values.</source>
        <translation>在此处或用 zandbctl config set 所做的更改会连同旧值一起保存。</translation>
    </message>
    <message>
        <source>%1 of %2 instances read</source>
        <translation>已读取 %1 / %2 个实例</translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) that a start changes</source>
        <translation>
            <numerusform>%n 个值会在启动后改变</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more not read: select fewer in the tree</source>
        <translation>
            <numerusform>另有 %n 个未读取：请在树中缩小选择</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Change a variable…</source>
        <translation>更改变量…</translation>
    </message>
    <message numerus="yes">
        <source>Change a variable on %n instance(s)…</source>
        <translation>
            <numerusform>在 %n 个实例上更改变量…</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no instance in what is selected.</source>
        <translation>所选范围内没有实例。</translation>
    </message>
    <message>
        <source>Select a variable to see where its value comes from.</source>
        <translation>选择一个变量，查看其值的来源。</translation>
    </message>
    <message numerus="yes">
        <source>%n variable(s)</source>
        <translation>
            <numerusform>%n 个变量</numerusform>
        </translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例数</translation>
    </message>
    <message numerus="yes">
        <source>Change on %n instance(s)…</source>
        <translation>
            <numerusform>在 %n 个实例上更改…</numerusform>
        </translation>
    </message>
    <message>
        <source>Mark rows of one variable only.</source>
        <translation>请只标记同一变量的行。</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>In memory</source>
        <translation>内存中</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘上</translation>
    </message>
    <message>
        <source>no option</source>
        <translation>无此选项</translation>
    </message>
    <message>
        <source>mysqld-auto.cnf</source>
        <translation>mysqld-auto.cnf</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 至 %2</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>更改生效</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>立即</translation>
    </message>
    <message>
        <source>with the next start</source>
        <translation>下次启动时</translation>
    </message>
    <message>
        <source>the preview tells</source>
        <translation>由预览告知</translation>
    </message>
    <message>
        <source>command line</source>
        <translation>命令行</translation>
    </message>
    <message>
        <source>Takes effect</source>
        <translation>生效</translation>
    </message>
    <message>
        <source>Is overridden</source>
        <translation>被覆盖</translation>
    </message>
    <message>
        <source>Select a change to see what it did.</source>
        <translation>选择一项更改，查看其内容。</translation>
    </message>
    <message numerus="yes">
        <source>%n change(s)</source>
        <translation>
            <numerusform>%n 项更改</numerusform>
        </translation>
    </message>
    <message>
        <source>taken back</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>已更改</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>File and line</source>
        <translation>文件与行</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>行</translation>
    </message>
    <message numerus="yes">
        <source>Take %n change(s) back…</source>
        <translation>
            <numerusform>撤回 %n 项更改…</numerusform>
        </translation>
    </message>
    <message>
        <source>The agent has taken it back already.</source>
        <translation>代理已将其撤回。</translation>
    </message>
</context>
<context>
    <name>zandb::ConnectionPage</name>
    <message>
        <source>Connect to the metadata store</source>
        <translation>连接元数据库</translation>
    </message>
    <message>
        <source>The store is one schema of a MySQL or MariaDB server that your team shares: everything ZanDB knows stands there. Whoever set it up can tell you its address and your account.</source>
        <translation>元数据库是团队共用的 MySQL 或 MariaDB 服务器上的一个库，ZanDB 所知的一切都在其中。搭建它的人可以告诉您地址和账号。</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置名称</translation>
    </message>
    <message>
        <source>Server and port</source>
        <translation>服务器和端口</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库名</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA 文件</translation>
    </message>
    <message>
        <source>Shown in every title, such as “production”</source>
        <translation>显示在每个窗口标题中，例如“生产”</translation>
    </message>
    <message>
        <source>the keychain</source>
        <translation>系统钥匙串</translation>
    </message>
    <message>
        <source>a file that only you may read</source>
        <translation>仅您可读的文件</translation>
    </message>
    <message>
        <source>required unless the store is on this computer</source>
        <translation>必须加密，除非元数据库在本机</translation>
    </message>
    <message>
        <source>required, and verified</source>
        <translation>必须加密并验证证书</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Save and open</source>
        <translation>保存并打开</translation>
    </message>
    <message>
        <source>No store yet?</source>
        <translation>还没有元数据库？</translation>
    </message>
    <message>
        <source>The server&apos;s address is missing.</source>
        <translation>缺少服务器地址。</translation>
    </message>
    <message>
        <source>The account is missing.</source>
        <translation>缺少账号。</translation>
    </message>
    <message>
        <source>Profile and schema need a name.</source>
        <translation>配置名称和库名不能为空。</translation>
    </message>
    <message>
        <source>Your private SSH key</source>
        <translation>您的 SSH 私钥</translation>
    </message>
    <message>
        <source>File of certificate authorities</source>
        <translation>证书颁发机构文件</translation>
    </message>
    <message>
        <source>SSH key</source>
        <translation>SSH 密钥</translation>
    </message>
    <message>
        <source>Your own private key: for restores, and for backups while no headless instance runs</source>
        <translation>您自己的私钥：用于恢复，以及在没有后台服务运行时进行备份</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation>没有文件 %1。</translation>
    </message>
    <message>
        <source>This is the public half of the key; choose the file without .pub.</source>
        <translation>这是密钥的公钥部分；请选择不带 .pub 的文件。</translation>
    </message>
    <message>
        <source>It can be created on any server of MySQL 8.0 or MariaDB 10.6 and later. Fill in its address and the account you want to use, then:</source>
        <translation>可在任意 MySQL 8.0 或 MariaDB 10.6 及更高版本的服务器上创建。请填写其地址以及您要使用的账号，然后：</translation>
    </message>
    <message>
        <source>Create the store…</source>
        <translation>创建元数据库…</translation>
    </message>
    <message>
        <source>After that, add the hosts, and let a headless instance run the schedules:</source>
        <translation>之后添加主机，并由后台服务按计划运行：</translation>
    </message>
    <message>
        <source>Back without changes</source>
        <translation>不做修改并返回</translation>
    </message>
    <message>
        <source>The schema&apos;s name is missing.</source>
        <translation>缺少库名。</translation>
    </message>
    <message>
        <source>Save it in</source>
        <translation>保存在</translation>
    </message>
    <message>
        <source>leave empty to use the saved one</source>
        <translation>留空：使用已保存的密码</translation>
    </message>
    <message>
        <source>leave empty to use those of this system</source>
        <translation>留空：使用本系统信任的证书颁发机构</translation>
    </message>
    <message>
        <source>leave empty to use your ssh-agent</source>
        <translation>留空：使用 ssh-agent 中的密钥</translation>
    </message>
    <message>
        <source>This is production: confirm dangerous actions by typing the name</source>
        <translation>这是生产环境：危险操作须输入名称确认</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>正在测试…</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>Just looking?</source>
        <translation>只想看看？</translation>
    </message>
    <message>
        <source>The sandbox starts a small fleet of real servers on this computer and opens the console on it. The second command stops it:</source>
        <translation>沙箱会在本机启动一个由真实服务器组成的小型主机群，并打开控制台；第二条命令将其停止：</translation>
    </message>
</context>
<context>
    <name>zandb::CreateStoreDialog</name>
    <message>
        <source>Create the store — %1</source>
        <translation>创建元数据库 — %1</translation>
    </message>
    <message>
        <source>Create the schema “%1”</source>
        <translation>创建库“%1”</translation>
    </message>
    <message>
        <source>Create the store on %1:%2</source>
        <translation>在 %1:%2 上创建元数据库</translation>
    </message>
    <message>
        <source>The schema “%1” is created there, or brought up to date when it exists, together with the roles zandb_viewer, zandb_operator, zandb_dispatcher and zandb_admin. That needs an account that may create schemas and accounts. It is used once and not kept.</source>
        <translation>将在那里创建库“%1”（已存在则升级），并创建角色 zandb_viewer、zandb_operator、zandb_dispatcher 和 zandb_admin。这需要一个有权创建库和账号的账号。该账号只使用一次，不会保存。</translation>
    </message>
    <message>
        <source>Administrator&apos;s account</source>
        <translation>管理员账号</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The account is missing.</source>
        <translation>缺少账号。</translation>
    </message>
    <message>
        <source>Also create the account “%1”, as administrator of the store</source>
        <translation>同时创建账号“%1”，作为元数据库管理员</translation>
    </message>
    <message>
        <source>With the password of the form</source>
        <translation>使用表单中的密码</translation>
    </message>
</context>
<context>
    <name>zandb::FleetPage</name>
    <message>
        <source>Fleet</source>
        <translation>主机群</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>No hosts yet</source>
        <translation>尚无主机</translation>
    </message>
    <message>
        <source>No instances here</source>
        <translation>此处没有实例</translation>
    </message>
    <message>
        <source>Show its backups</source>
        <translation>查看其备份</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>System</source>
        <translation>操作系统</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>CPU 核数</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>%1 of %2 available</source>
        <translation>可用 %1，共 %2</translation>
    </message>
    <message>
        <source>Up for</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>剩余 %1，共 %2</translation>
    </message>
    <message>
        <source>Repositories</source>
        <translation>备份仓库</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理版本</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>标识</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>复制源</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>复制线程</translation>
    </message>
    <message>
        <source>receiver %1, applier %2</source>
        <translation>接收线程%1，应用线程%2</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Replication error %1: %2</source>
        <translation>复制错误 %1：%2</translation>
    </message>
    <message>
        <source>GTID</source>
        <translation>GTID</translation>
    </message>
    <message>
        <source>Data directory</source>
        <translation>数据目录</translation>
    </message>
    <message>
        <source>Not permitted</source>
        <translation>无权读取</translation>
    </message>
    <message>
        <source>This instance is no longer there.</source>
        <translation>此实例已不存在。</translation>
    </message>
    <message>
        <source>%1 (on %2)</source>
        <translation>%1（位于 %2）</translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) selected</source>
        <translation>
            <numerusform>已选择 %n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>These instances are no longer there.</source>
        <translation>这些实例已不存在。</translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)…</source>
        <translation>
            <numerusform>备份 %n 个实例…</numerusform>
        </translation>
    </message>
    <message>
        <source>Back up %1…</source>
        <translation>备份 %1…</translation>
    </message>
    <message>
        <source>They appear automatically once a headless instance has queried the host&apos;s agent.</source>
        <translation>后台服务查询主机代理后，实例会自动出现。</translation>
    </message>
    <message>
        <source>Select a host or an instance to see its details.</source>
        <translation>选择主机或实例以查看其详细信息。</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最后响应</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>All figures</source>
        <translation>全部指标</translation>
    </message>
    <message>
        <source>Open this instance in full</source>
        <translation>完整打开此实例</translation>
    </message>
    <message>
        <source>&lt;p&gt;Hosts and their database instances, as the agents last told. The headless instance asks every agent every 10 seconds. What is grey has not answered for 20 seconds or more, and its age is shown: it may be otherwise by now.&lt;/p&gt;&lt;p&gt;Double click a host to narrow everything to it, an instance to see its backups. “Not permitted” means that the agent&apos;s account lacks a right: &lt;code&gt;zandbctl instance preflight&lt;/code&gt; names it with its remedy.&lt;/p&gt;</source>
        <translation>&lt;p&gt;主机及其数据库实例，内容来自代理最近一次报告。后台服务每 10 秒询问一次每个代理。显示为灰色的已有 20 秒或更久没有应答，并标出时长：此刻可能已有变化。&lt;/p&gt;&lt;p&gt;双击主机可将范围缩小到该主机，双击实例可查看其备份。“无权读取”表示代理的账号缺少权限：&lt;code&gt;zandbctl instance preflight&lt;/code&gt; 会列出缺少的权限及补救办法。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Backed up</source>
        <translation>有效备份</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Add the first one: its agent tells which instances it has.</source>
        <translation>添加第一台：其代理会告知有哪些实例。</translation>
    </message>
    <message>
        <source>Add a host…</source>
        <translation>添加主机…</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Retire…</source>
        <translation>退役…</translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) selected</source>
        <translation>
            <numerusform>已选择 %n 台主机</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::FleetTree</name>
    <message>
        <source>Filter hosts</source>
        <translation>筛选主机</translation>
    </message>
    <message>
        <source>All hosts</source>
        <translation>全部主机</translation>
    </message>
    <message>
        <source>No hosts here.</source>
        <translation>没有主机。</translation>
    </message>
    <message>
        <source>Show its backups</source>
        <translation>查看其备份</translation>
    </message>
    <message>
        <source>Show its runs</source>
        <translation>查看其运行</translation>
    </message>
    <message>
        <source>Show in the fleet</source>
        <translation>在主机群中查看</translation>
    </message>
    <message>
        <source>Back up %1…</source>
        <translation>备份 %1…</translation>
    </message>
    <message numerus="yes">
        <source>Back up %n instance(s)…</source>
        <translation>
            <numerusform>备份 %n 个实例…</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no instance in it.</source>
        <translation>其中没有实例。</translation>
    </message>
    <message>
        <source>Copy the name</source>
        <translation>复制名称</translation>
    </message>
    <message>
        <source>Expand all below</source>
        <translation>展开全部下级</translation>
    </message>
    <message>
        <source>Collapse</source>
        <translation>折叠</translation>
    </message>
</context>
<context>
    <name>zandb::FleetTreeModel</name>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>Lag %1 s</source>
        <translation>延迟 %1 秒</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>空</translation>
    </message>
    <message>
        <source>Last seen %1</source>
        <translation>最后响应于 %1</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最后响应</translation>
    </message>
</context>
<context>
    <name>zandb::HelpBox</name>
    <message>
        <source>About this page</source>
        <translation>关于本页</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>zandb::HistoryView</name>
    <message>
        <source>No figures in this time range</source>
        <translation>此时间范围内没有指标数据</translation>
    </message>
    <message>
        <source>No headless instance collects figures</source>
        <translation>没有后台服务在采集指标</translation>
    </message>
    <message>
        <source>A headless instance collects the figures of every instance once a minute. Choose a longer time range, or look at the host: its agent must answer, and its account must be permitted to read the server&apos;s status.</source>
        <translation>后台服务每分钟采集一次所有实例的指标。请选择更长的时间范围，或检查主机：其代理必须有响应，且代理的账户必须有权读取服务器状态。</translation>
    </message>
    <message>
        <source>Figures are collected by a headless instance only, also while no window is open. Start one on a server: zandbctl serve</source>
        <translation>指标只由后台服务采集，即使没有打开任何窗口也会进行。请在服务器上启动一个：zandbctl serve</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) of the store could not be read; the charts have gaps there.</source>
        <translation>
            <numerusform>元数据库中有 %n 行无法读取；图表在这些位置留空。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::HostTableModel</name>
    <message>
        <source>%1 free (%2)</source>
        <translation>剩余 %1（%2）</translation>
    </message>
    <message>
        <source>%1: %2 free of %3</source>
        <translation>%1：剩余 %2，共 %3</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>CPU 核数</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Fullest disk</source>
        <translation>最满磁盘</translation>
    </message>
    <message>
        <source>System</source>
        <translation>操作系统</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>代理版本</translation>
    </message>
    <message>
        <source>Up for</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最后响应</translation>
    </message>
</context>
<context>
    <name>zandb::Inspector</name>
    <message>
        <source>What to do now</source>
        <translation>处理建议</translation>
    </message>
    <message>
        <source>Copy all details</source>
        <translation>复制全部详细信息</translation>
    </message>
    <message>
        <source>Of the %1 that are selected this can be done with %2.</source>
        <translation>所选的 %1 个中，有 %2 个可以执行此操作。</translation>
    </message>
</context>
<context>
    <name>zandb::InstancePage</name>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>&lt;p&gt;The figures of one instance over the time range of all pages. A headless instance collects them every 10 seconds, also while no window is open. A band goes from the least to the greatest value of its time, the line is the mean; where nothing is known there is a gap.&lt;/p&gt;&lt;p&gt;Drag over a chart to zoom all of them, double click to go back. Under the pointer stand the values of that time, in all charts. With the keyboard: left and right, plus and minus. Click an entry of a legend to hide its line. Each chart can be copied as picture and as data; the same figures come from &lt;code&gt;zandbctl instance history&lt;/code&gt;.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Check rights&lt;/b&gt; asks the agent what it may not do on this instance, as &lt;code&gt;zandbctl instance preflight&lt;/code&gt; does.&lt;/p&gt;</source>
        <translation>&lt;p&gt;一个实例在所有页面共用的时间范围内的指标。指标每 10 秒取样一次，由后台服务收集，即使没有打开任何窗口也会进行。色带表示该时段内从最小值到最大值的范围，线表示平均值；没有数据之处留空。&lt;/p&gt;&lt;p&gt;在图表上拖动可同时放大所有图表，双击返回。指针所在时刻的数值会显示在所有图表中。也可使用键盘：左右方向键、加号和减号。点击图例中的条目可隐藏其曲线。每个图表都可复制为图片或数据；同样的指标可通过 &lt;code&gt;zandbctl instance history&lt;/code&gt; 获得。&lt;/p&gt;&lt;p&gt;&lt;b&gt;检查权限&lt;/b&gt;会询问代理在此实例上缺少哪些权限，与 &lt;code&gt;zandbctl instance preflight&lt;/code&gt; 相同。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Asking the agent…</source>
        <translation>正在询问代理…</translation>
    </message>
    <message>
        <source>Check rights</source>
        <translation>检查权限</translation>
    </message>
    <message>
        <source>Asks the agent, with your key, what it may not do on this instance and what would give it the right.</source>
        <translation>使用您的密钥询问代理：它在此实例上缺少哪些权限，以及如何授予。</translation>
    </message>
    <message>
        <source>Show its backups</source>
        <translation>查看其备份</translation>
    </message>
    <message>
        <source>Show its runs</source>
        <translation>查看其运行记录</translation>
    </message>
    <message>
        <source>The fleet has no such instance any more.</source>
        <translation>主机群中已没有此实例。</translation>
    </message>
    <message>
        <source>up for %1</source>
        <translation>已运行 %1</translation>
    </message>
    <message>
        <source>%1 of data</source>
        <translation>数据 %1</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Process list</source>
        <translation>进程列表</translation>
    </message>
    <message>
        <source>Growth and changes</source>
        <translation>增长与变化</translation>
    </message>
</context>
<context>
    <name>zandb::InstanceTableModel</name>
    <message>
        <source>not permitted</source>
        <translation>无权读取</translation>
    </message>
    <message>
        <source>The agent&apos;s account may not read this.</source>
        <translation>代理账号无权读取此项。</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>The server cannot tell how far it is behind.</source>
        <translation>服务器无法给出延迟。</translation>
    </message>
    <message>
        <source>yes, also for SUPER</source>
        <translation>是，SUPER 也只读</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Up for</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最后响应</translation>
    </message>
    <message>
        <source>It has never been backed up.</source>
        <translation>从未备份过。</translation>
    </message>
    <message>
        <source>Of %1, from which or to which it replicates.</source>
        <translation>这是 %1 的备份，两者之间存在复制关系。</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Last good backup</source>
        <translation>最近有效备份</translation>
    </message>
    <message>
        <source>Slow, 24 h</source>
        <translation>慢语句，24 小时</translation>
    </message>
    <message>
        <source>Killed, 24 h</source>
        <translation>已终止，24 小时</translation>
    </message>
</context>
<context>
    <name>zandb::KillPolicyDialog</name>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Kill policies — %1</source>
        <translation>终止策略 — %1</translation>
    </message>
    <message>
        <source>Kill policies of the whole fleet</source>
        <translation>全部实例的终止策略</translation>
    </message>
    <message>
        <source>Kill policies of %1</source>
        <translation>%1 的终止策略</translation>
    </message>
    <message numerus="yes">
        <source>For %n instance(s), unless something nearer says otherwise.</source>
        <translation>
            <numerusform>适用于 %n 个实例，除非更近的层级另有规定。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (does not hold here)</source>
        <translation>%1（此处不生效）</translation>
    </message>
    <message>
        <source>New policy</source>
        <translation>新建策略</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>the statement</source>
        <translation>该语句</translation>
    </message>
    <message>
        <source>its connection too</source>
        <translation>连同其连接</translation>
    </message>
    <message>
        <source>Kill; without this, statements are only noted (dry run)</source>
        <translation>终止；不勾选则只记录语句（试运行）</translation>
    </message>
    <message>
        <source>all; or patterns with * and ?, commas between them</source>
        <translation>全部；或带 * 和 ? 的模式，以逗号分隔</translation>
    </message>
    <message>
        <source>all; or checksums, commas between them</source>
        <translation>全部；或校验和，以逗号分隔</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Policy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Runs longer than</source>
        <translation>运行超过</translation>
    </message>
    <message>
        <source>End</source>
        <translation>终止对象</translation>
    </message>
    <message>
        <source>Users</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Schemas</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Digests</source>
        <translation>语句摘要</translation>
    </message>
    <message>
        <source>Except users</source>
        <translation>排除用户</translation>
    </message>
    <message>
        <source>Except schemas</source>
        <translation>排除库</translation>
    </message>
    <message>
        <source>Except digests</source>
        <translation>排除摘要</translation>
    </message>
    <message>
        <source>At most a minute</source>
        <translation>每分钟最多</translation>
    </message>
    <message>
        <source>Changed rows, at most</source>
        <translation>已修改行数上限</translation>
    </message>
    <message>
        <source>Type %1</source>
        <translation>输入 %1</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Give the policy a name of at most 64 characters.</source>
        <translation>请为策略起一个不超过 64 个字符的名称。</translation>
    </message>
    <message>
        <source>A digest is a checksum of 32 hexadecimal digits.</source>
        <translation>摘要是 32 位十六进制校验和。</translation>
    </message>
    <message>
        <source>A pattern is too long, or there are too many.</source>
        <translation>某个模式过长，或模式过多。</translation>
    </message>
    <message>
        <source>There is a policy of this name already: choose it above.</source>
        <translation>已有同名策略：请在上方选择它。</translation>
    </message>
    <message>
        <source>Type the name to confirm.</source>
        <translation>请输入名称以确认。</translation>
    </message>
    <message>
        <source>Save as a dry run</source>
        <translation>保存为试运行</translation>
    </message>
    <message numerus="yes">
        <source>Kill on %n instance(s)</source>
        <translation>
            <numerusform>在 %n 个实例上终止</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking what this would have killed…</source>
        <translation>正在查看会终止哪些语句…</translation>
    </message>
    <message>
        <source>Nothing was noted in the last day: begin with a dry run to see what this would kill.</source>
        <translation>过去一天没有任何记录：请先试运行，看看会终止哪些语句。</translation>
    </message>
    <message>
        <source>In the last day this would have killed %1 of %2 statements that policies noted.</source>
        <translation>过去一天，策略记录的 %2 条语句中会终止 %1 条。</translation>
    </message>
</context>
<context>
    <name>zandb::KilledDigestModel</name>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
    <message>
        <source>Killed</source>
        <translation>已终止</translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Not killed</source>
        <translation>未终止</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>Total time</source>
        <translation>总时长</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Users</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近一次</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Slow calls</source>
        <translation>慢调用次数</translation>
    </message>
    <message>
        <source>Slow time</source>
        <translation>慢调用时间</translation>
    </message>
</context>
<context>
    <name>zandb::KilledPage</name>
    <message>
        <source>Killed</source>
        <translation>已终止</translation>
    </message>
    <message>
        <source>Killed over time</source>
        <translation>终止数量变化</translation>
    </message>
    <message>
        <source>Digests</source>
        <translation>语句摘要</translation>
    </message>
    <message>
        <source>Statements</source>
        <translation>语句</translation>
    </message>
    <message>
        <source>Kill policies…</source>
        <translation>终止策略…</translation>
    </message>
    <message>
        <source>Nothing was killed in this time range</source>
        <translation>此时间范围内没有终止任何语句</translation>
    </message>
    <message>
        <source>Statements that run too long are killed, or only noted, as kill policies say.</source>
        <translation>运行过久的语句会按终止策略被终止或仅作记录。</translation>
    </message>
    <message>
        <source>A policy begins as a dry run: it notes what it would kill.</source>
        <translation>策略先以试运行开始：记录会被终止的语句。</translation>
    </message>
    <message>
        <source>Show the statements of all digests</source>
        <translation>显示所有摘要的语句</translation>
    </message>
    <message>
        <source>Digest: %1</source>
        <translation>摘要：%1</translation>
    </message>
    <message>
        <source>&lt;p&gt;Statements that ran too long: what the agents killed, and what a policy in dry run would have killed. The chart counts them over time; drag on it to zoom. Double click a digest to see its statements only.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Kill policies&lt;/b&gt; say which statements are killed, for the group or instance that is selected in the tree. A policy begins as a dry run. Replication, events, definitions, dumps and backups, large transactions and the agent&apos;s own sessions are never killed. Each statement is looked at again right before the kill.&lt;/p&gt;&lt;p&gt;Only an administrator&apos;s key arms a policy, and an agent that hears of nobody for a day goes back to the dry run.&lt;/p&gt;</source>
        <translation>&lt;p&gt;运行过久的语句：代理已终止的，以及试运行策略会终止的。图表显示其数量随时间的变化；在图上拖动可放大。双击一个摘要可只看它的语句。&lt;/p&gt;&lt;p&gt;&lt;b&gt;终止策略&lt;/b&gt;规定终止哪些语句，适用于树中所选的组或实例。策略先以试运行开始。复制线程、事件、DDL、导出与备份、大事务以及代理自己的会话永远不会被终止。每条语句在终止前会再检查一次。&lt;/p&gt;&lt;p&gt;只有管理员的密钥才能启用策略；代理若一天收不到任何消息，会回到试运行。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Select a statement to see its details.</source>
        <translation>选择一条语句以查看详情。</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Ran for</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>Policy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>What</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>the connection</source>
        <translation>该连接</translation>
    </message>
    <message>
        <source>the statement</source>
        <translation>该语句</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Rows examined</source>
        <translation>扫描行数</translation>
    </message>
    <message>
        <source>Rows sent</source>
        <translation>返回行数</translation>
    </message>
    <message>
        <source>Rows changed</source>
        <translation>修改行数</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
</context>
<context>
    <name>zandb::KilledTableModel</name>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Policy</source>
        <translation>策略</translation>
    </message>
    <message>
        <source>Ran for</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Rows examined</source>
        <translation>扫描行数</translation>
    </message>
    <message>
        <source>Rows changed</source>
        <translation>修改行数</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>摘要</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
</context>
<context>
    <name>zandb::RestoreDialog</name>
    <message>
        <source>Restore — %1</source>
        <translation>恢复 — %1</translation>
    </message>
    <message>
        <source>Restore %1</source>
        <translation>恢复 %1</translation>
    </message>
    <message>
        <source>The host&apos;s agent unpacks and prepares the backup there, starts a server of its own on it that nobody else can reach, and checks every table. No running server is touched. It is done with your own key.</source>
        <translation>该主机的代理会在那里解包并准备备份，在其上启动一个他人无法访问的独立服务器，并检查每张表。不会触动任何运行中的服务器。此操作使用您自己的密钥。</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>an absolute path, absent or empty</source>
        <translation>绝对路径，须不存在或为空</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Directory</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Restore to %1</source>
        <translation>恢复到 %1</translation>
    </message>
    <message>
        <source>Type %1</source>
        <translation>请输入 %1</translation>
    </message>
    <message>
        <source>Needs %1 there.</source>
        <translation>那里需要 %1。</translation>
    </message>
    <message>
        <source>Needs %1, and only %2 are free on %3.</source>
        <translation>需要 %1，而 %3 上仅剩 %2。</translation>
    </message>
    <message>
        <source>Needs %1; %2 are free on %3.</source>
        <translation>需要 %1；%3 上剩余 %2。</translation>
    </message>
    <message>
        <source>There is no host to restore to.</source>
        <translation>没有可恢复到的主机。</translation>
    </message>
    <message>
        <source>The directory is missing.</source>
        <translation>缺少目录。</translation>
    </message>
    <message>
        <source>The directory must be an absolute path, such as /srv/restore.</source>
        <translation>目录必须是绝对路径，例如 /srv/restore。</translation>
    </message>
    <message>
        <source>This is production: type the host&apos;s name first.</source>
        <translation>这是生产环境：请先输入主机名。</translation>
    </message>
    <message>
        <source>Only possible if the repository “%1” of this host is the one that holds the backup.</source>
        <translation>仅当此主机的仓库“%1”就是存放该备份的仓库时才可行。</translation>
    </message>
</context>
<context>
    <name>zandb::RunPage</name>
    <message>
        <source>%1 of %2</source>
        <translation>%2 的%1</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Steps and attempts</source>
        <translation>步骤与尝试</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>Keep the newest lines in view</source>
        <translation>始终显示最新的行</translation>
    </message>
    <message>
        <source>Nothing has been logged yet.</source>
        <translation>尚无日志。</translation>
    </message>
    <message>
        <source>No run is shown.</source>
        <translation>未显示任何运行。</translation>
    </message>
    <message>
        <source>The first %1 are on the host only</source>
        <translation>前 %1 仅保存在主机上</translation>
    </message>
    <message>
        <source>Cancel this run</source>
        <translation>取消此次运行</translation>
    </message>
    <message>
        <source>Give up waiting…</source>
        <translation>放弃等待…</translation>
    </message>
    <message>
        <source>Find in the log</source>
        <translation>在日志中查找</translation>
    </message>
    <message>
        <source>Copy the whole log</source>
        <translation>复制全部日志</translation>
    </message>
    <message>
        <source>Enter finds the next match, Shift+Enter the previous one (Ctrl+F)</source>
        <translation>回车查找下一处，Shift+回车查找上一处（Ctrl+F）</translation>
    </message>
    <message>
        <source>&lt;p&gt;One run in full. On the left its steps, each with its attempts; below, the log of the selected attempt, which grows while it runs; Ctrl+F finds words in it, Enter the next. On the right what is known of it, and when it failed, why and what to do.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Retry&lt;/b&gt; starts a new attempt of the failed step. &lt;b&gt;Cancel&lt;/b&gt; ends the work on the host: it is asked to stop, and made to after 30 seconds; what it leaves behind is named in the result. &lt;b&gt;Give up waiting&lt;/b&gt; is for a run whose outcome nobody will learn: it counts as failed from then on. &lt;b&gt;Take over&lt;/b&gt; is for a run that a person&apos;s program executes which has ended: you see what it does, and this window executes it with your key. Esc leads back.&lt;/p&gt;</source>
        <translation>&lt;p&gt;一次运行的完整信息。左侧是各步骤及其尝试；下方是所选尝试的日志，运行时会持续增长；Ctrl+F 在其中查找，回车查找下一处。右侧是已知的情况，失败时说明原因和处理办法。&lt;/p&gt;&lt;p&gt;&lt;b&gt;重试&lt;/b&gt;会为失败的步骤启动新的尝试。&lt;b&gt;取消&lt;/b&gt;会结束主机上的工作：先请求停止，30 秒后强制结束；遗留的内容会在结果中列出。&lt;b&gt;放弃等待&lt;/b&gt;用于结果再也无法得知的运行：此后计为失败。&lt;b&gt;接管&lt;/b&gt;用于由个人的程序执行而该程序已经结束的运行：您先看到它要做什么，然后由此窗口用您的密钥执行。按 Esc 返回。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Take over…</source>
        <translation>接管…</translation>
    </message>
</context>
<context>
    <name>zandb::RunTableModel</name>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>What</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>计划时间</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Requested by</source>
        <translation>发起人</translation>
    </message>
</context>
<context>
    <name>zandb::RunsPage</name>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>No runs in this time range</source>
        <translation>此时间范围内没有运行</translation>
    </message>
    <message>
        <source>Open steps and log</source>
        <translation>打开步骤与日志</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Cancel this run</source>
        <translation>取消此运行</translation>
    </message>
    <message>
        <source>Task: %1</source>
        <translation>任务：%1</translation>
    </message>
    <message>
        <source>Show the runs of all tasks</source>
        <translation>显示所有任务的运行</translation>
    </message>
    <message>
        <source>Give up waiting…</source>
        <translation>放弃等待…</translation>
    </message>
    <message>
        <source>&lt;p&gt;Every run of the scope in the time range: what tasks started on their schedules and what people started by hand.&lt;/p&gt;&lt;p&gt;Double click or Enter opens a run with its steps, attempts and log. A run that failed, was cancelled or missed can be retried; one that waits or runs can be cancelled. The work itself happens on the database hosts: it goes on when this window is closed.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Unknown&lt;/b&gt; means that the host cannot be asked how it ended. It resolves when the host answers; where that will never be, &lt;i&gt;Give up waiting&lt;/i&gt; counts the run as failed.&lt;/p&gt;&lt;p&gt;Ctrl+K and a task&apos;s name narrow the list to that task.&lt;/p&gt;</source>
        <translation>&lt;p&gt;所选范围和时间段内的全部运行：任务按计划启动的，以及人工启动的。&lt;/p&gt;&lt;p&gt;双击或回车可打开一次运行，查看其步骤、尝试和日志。失败、已取消或错过的运行可以重试；等待中或运行中的可以取消。工作本身在数据库主机上进行：关闭此窗口后仍会继续。&lt;/p&gt;&lt;p&gt;&lt;b&gt;未知&lt;/b&gt;表示无法向主机询问其结果。主机应答后即可明确；若永远不会应答，&lt;i&gt;放弃等待&lt;/i&gt;会将该运行计为失败。&lt;/p&gt;&lt;p&gt;按 Ctrl+K 并输入任务名，可将列表限定为该任务。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Retry %1</source>
        <translation>重试 %1 个</translation>
    </message>
    <message>
        <source>Cancel %1</source>
        <translation>取消 %1 个</translation>
    </message>
    <message>
        <source>Give up waiting for %1…</source>
        <translation>放弃等待 %1 个…</translation>
    </message>
    <message>
        <source>Everything that tasks and people start is listed here with its steps and log.</source>
        <translation>任务或人员发起的所有运行都会连同步骤和日志显示在这里。</translation>
    </message>
    <message>
        <source>Select a run to see its details.</source>
        <translation>选择一个运行以查看其详细信息。</translation>
    </message>
</context>
<context>
    <name>zandb::ScriptNameDialog</name>
    <message>
        <source>Save the script — %1</source>
        <translation>保存脚本 — %1</translation>
    </message>
    <message>
        <source>Everybody who uses this store sees it under this name:</source>
        <translation>使用此存储库的所有人都会看到这个名称：</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>zandb::SettingsPage</name>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置</translation>
    </message>
    <message>
        <source>Metadata store</source>
        <translation>元数据库</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Kept in</source>
        <translation>保存于</translation>
    </message>
    <message>
        <source>SSH</source>
        <translation>SSH</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>Acts as</source>
        <translation>操作身份</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language of the window</source>
        <translation>窗口语言</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>询问</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>&lt;p&gt;What this window connects to, and how it looks. Each change holds at once; what concerns the window is kept for this person on this computer, the connection in the profile&apos;s file.&lt;/p&gt;&lt;p&gt;Settings of the fleet, such as schedules and how long data are kept, are not here: they are in the metadata store and the same for everybody.&lt;/p&gt;</source>
        <translation>&lt;p&gt;此窗口所连接的元数据库以及窗口的外观。每项更改立即生效；与窗口有关的设置为当前用户保存在本机，连接保存在配置文件中。&lt;/p&gt;&lt;p&gt;主机群的设置（如计划和数据保留时间）不在此处：它们存放在元数据库中，对所有人相同。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>%1 (production)</source>
        <translation>%1（生产环境）</translation>
    </message>
    <message>
        <source>required</source>
        <translation>必需</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>required, except on this computer</source>
        <translation>必需（本机除外）</translation>
    </message>
    <message>
        <source>The keys of ssh-agent</source>
        <translation>ssh-agent 中的密钥</translation>
    </message>
    <message>
        <source>Change the connection…</source>
        <translation>更改连接…</translation>
    </message>
    <message>
        <source>Change the key…</source>
        <translation>更改密钥…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>Ask before the window closes while runs go on without it</source>
        <translation>关闭窗口前询问（即使运行在窗口关闭后仍会继续）</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>Tell me through the desktop when a run fails, also while another window is in front</source>
        <translation>运行失败时通过桌面通知我，即使其他窗口在前台</translation>
    </message>
</context>
<context>
    <name>zandb::ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Click a key and press another one to change it.</source>
        <translation>点击某个按键，再按下新的按键即可修改。</translation>
    </message>
    <message>
        <source>Back to %1</source>
        <translation>恢复为 %1</translation>
    </message>
    <message>
        <source>In tables: copy rows, with header</source>
        <translation>表格中：复制行、连同表头复制</translation>
    </message>
    <message>
        <source>Ctrl+C, Ctrl+Shift+C</source>
        <translation>Ctrl+C、Ctrl+Shift+C</translation>
    </message>
    <message>
        <source>In tables and lists: open</source>
        <translation>表格和列表中：打开</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>回车</translation>
    </message>
    <message>
        <source>In the timeline: from bar to bar, open</source>
        <translation>时间线中：逐条移动、打开</translation>
    </message>
    <message>
        <source>Arrow keys, Enter</source>
        <translation>方向键、回车</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>%1 already means “%2”. Change that one first.</source>
        <translation>%1 已用于“%2”。请先修改后者。</translation>
    </message>
</context>
<context>
    <name>zandb::SlowCallerModel</name>
    <message>
        <source>(others)</source>
        <translation>（其他）</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总时间</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Examined</source>
        <translation>扫描行数</translation>
    </message>
</context>
<context>
    <name>zandb::SlowDigestModel</name>
    <message>
        <source>%1 rows examined, %2 rows sent</source>
        <translation>扫描 %1 行，返回 %2 行</translation>
    </message>
    <message>
        <source>%1 in this time range, %2 in the one of the same length before it</source>
        <translation>本时间范围 %1，之前同样长度的时间 %2</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已认可</translation>
    </message>
    <message>
        <source>By %1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>语句摘要</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总时间</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>Examined / sent</source>
        <translation>扫描/返回</translation>
    </message>
    <message>
        <source>Examined</source>
        <translation>扫描行数</translation>
    </message>
    <message>
        <source>Trend</source>
        <translation>趋势</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>First seen</source>
        <translation>首次出现</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>校验和</translation>
    </message>
</context>
<context>
    <name>zandb::SlowDigestPage</name>
    <message>
        <source>Digest</source>
        <translation>语句摘要</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Who sends it</source>
        <translation>调用来源</translation>
    </message>
    <message>
        <source>Examples (masked)</source>
        <translation>示例（已脱敏）</translation>
    </message>
    <message>
        <source>Nobody in this time range</source>
        <translation>此时间范围内没有调用者</translation>
    </message>
    <message>
        <source>Accounts and clients that sent this statement are listed here.</source>
        <translation>发送过此语句的账户和客户端列在这里。</translation>
    </message>
    <message>
        <source>No example is kept</source>
        <translation>没有保留示例</translation>
    </message>
    <message>
        <source>The slowest, the one that read most, and the newest of each instance are kept.</source>
        <translation>每个实例保留最慢的、读取最多的和最新的各一条。</translation>
    </message>
    <message>
        <source>Calls each second</source>
        <translation>每秒次数</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Rows examined each second</source>
        <translation>每秒扫描行数</translation>
    </message>
    <message>
        <source>%1 calls</source>
        <translation>%1 次</translation>
    </message>
    <message>
        <source>%1 in all</source>
        <translation>共 %1</translation>
    </message>
    <message>
        <source>mean %1</source>
        <translation>平均 %1</translation>
    </message>
    <message>
        <source>p95 %1</source>
        <translation>p95 %1</translation>
    </message>
    <message>
        <source>first seen %1</source>
        <translation>首次出现 %1</translation>
    </message>
    <message>
        <source>accepted by %1</source>
        <translation>由 %1 认可</translation>
    </message>
    <message>
        <source>No longer accept</source>
        <translation>取消认可</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>认可</translation>
    </message>
    <message>
        <source>Known and accepted: it is not told as new or worse any more</source>
        <translation>已知并认可：不再作为新的或变差的语句提示</translation>
    </message>
    <message>
        <source>calls</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>“As written” beside the examples reads one from its log, with its literals. Who asked is noted in the audit.</source>
        <translation>示例旁的“原文”会从日志中读取一条，包含其中的字面值。谁读取过会记入审计。</translation>
    </message>
    <message>
        <source>As it stands in the log, with its literals. That it was read is noted in the audit.</source>
        <translation>日志中的原文，包含字面值。读取已记入审计。</translation>
    </message>
    <message>
        <source>Killed as well: %1 (dry run: %2)</source>
        <translation>也被终止：%1 次（试运行：%2 次）</translation>
    </message>
    <message>
        <source>&lt;p&gt;All statements of one shape: how often they ran, how long they took, and what they read. In the chart of durations the line is the mean of each time, and the upper one its p95.&lt;/p&gt;&lt;p&gt;Examples are masked: no literal of a statement leaves its host. Who sends it is known by the hour.&lt;/p&gt;&lt;p&gt;“Plan” asks a server how it would run the newest example, on a replica if there is one: a tree with what is costly, EXPLAIN’s own table, and the tables with their indexes. Nothing is run; of a statement that writes the SELECT in it is explained. “As written” reads an example from its log. Both are for operators, and noted in the audit.&lt;/p&gt;&lt;p&gt;The same comes from &lt;code&gt;zandbctl slow digest&lt;/code&gt;, &lt;code&gt;slow explain&lt;/code&gt; and &lt;code&gt;slow raw&lt;/code&gt;.&lt;/p&gt;</source>
        <translation>&lt;p&gt;同一形态的所有语句：执行了多少次、用了多长时间、读取了什么。在时长图中，一条线是各时段的平均值，上面的一条是其 p95。&lt;/p&gt;&lt;p&gt;示例已做掩码：语句中的字面值不会离开其主机。谁发送的按小时可知。&lt;/p&gt;&lt;p&gt;“执行计划”会询问服务器将如何执行最新的示例，有副本时在副本上：标出高代价步骤的树、EXPLAIN 自己的表格，以及涉及的表和索引。不会执行任何语句；对写语句则解释其中的 SELECT。“原文”从日志中读取一条示例。两者供操作员使用，并记入审计。&lt;/p&gt;&lt;p&gt;相同内容可由 &lt;code&gt;zandbctl slow digest&lt;/code&gt;、&lt;code&gt;slow explain&lt;/code&gt; 和 &lt;code&gt;slow raw&lt;/code&gt; 得到。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>As written</source>
        <translation>原文</translation>
    </message>
    <message>
        <source>Reads the marked example from its log, with its literals; noted in the audit</source>
        <translation>从日志中读取所选示例，包含字面值；记入审计</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Callers and examples</source>
        <translation>调用者与示例</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>执行计划</translation>
    </message>
    <message>
        <source>killed as well: %1</source>
        <translation>也被终止：%1 次</translation>
    </message>
    <message>
        <source>would have been killed: %1</source>
        <translation>本会被终止：%1 次</translation>
    </message>
</context>
<context>
    <name>zandb::SlowExampleModel</name>
    <message>
        <source>slowest</source>
        <translation>最慢</translation>
    </message>
    <message>
        <source>most rows</source>
        <translation>行数最多</translation>
    </message>
    <message>
        <source>most recent</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>Example</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Locks</source>
        <translation>锁等待</translation>
    </message>
    <message>
        <source>Examined</source>
        <translation>扫描行数</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Statement (masked)</source>
        <translation>语句（已脱敏）</translation>
    </message>
</context>
<context>
    <name>zandb::SlowPage</name>
    <message>
        <source>Slow queries</source>
        <translation>慢查询</translation>
    </message>
    <message>
        <source>Slow</source>
        <translation>慢查询</translation>
    </message>
    <message>
        <source>&lt;p&gt;Statements that took longer than their server&apos;s &lt;code&gt;long_query_time&lt;/code&gt;. Agents read the slow logs, put statements of the same shape together (a digest) and count them each minute; a headless instance stores that, also while no window is open.&lt;/p&gt;&lt;p&gt;Drag over the chart to zoom, double click to go back; the range is that of all pages. The table compares with the time of the same length before: the dotted line of a trend is that time. Double click or Enter opens a digest with its history, examples and who sends it.&lt;/p&gt;&lt;p&gt;&lt;b&gt;p95&lt;/b&gt; is the time within which 95 of 100 calls ended, to within 2.5 %. &lt;b&gt;Examined / sent&lt;/b&gt; far above 1 often means a missing index. What is known and accepted can be marked so. The same figures come from &lt;code&gt;zandbctl slow top&lt;/code&gt;.&lt;/p&gt;</source>
        <translation>&lt;p&gt;执行时间超过其服务器 &lt;code&gt;long_query_time&lt;/code&gt; 的语句。代理读取慢日志，把同一形状的语句归为一个摘要，并按分钟计数；后台服务将其存储，窗口关闭时也是如此。&lt;/p&gt;&lt;p&gt;在图上拖动可放大，双击返回；时间范围为所有页面共用。表格与之前同样长度的时间比较：趋势中的虚线即那段时间。双击或按 Enter 打开一个摘要，查看其历史、示例和调用来源。&lt;/p&gt;&lt;p&gt;&lt;b&gt;p95&lt;/b&gt; 是 100 次调用中 95 次能在其内结束的时间，误差不超过 2.5 %。&lt;b&gt;扫描/返回&lt;/b&gt;远大于 1 往往意味着缺少索引。已知并认可的语句可以加上标记。同样的数字可由 &lt;code&gt;zandbctl slow top&lt;/code&gt; 得到。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>by %1</source>
        <translation>按%1</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示内容</translation>
    </message>
    <message>
        <source>What it is split by</source>
        <translation>划分方式</translation>
    </message>
    <message>
        <source>Over time</source>
        <translation>随时间变化</translation>
    </message>
    <message>
        <source>Open this digest</source>
        <translation>打开此摘要</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>认可</translation>
    </message>
    <message>
        <source>Known and accepted: it is not told as new or worse any more</source>
        <translation>已知并认可：不再作为新的或变差的语句提示</translation>
    </message>
    <message>
        <source>No longer accept</source>
        <translation>取消认可</translation>
    </message>
    <message>
        <source>Copy what to set</source>
        <translation>复制所需设置</translation>
    </message>
    <message>
        <source>Against the time of the same length before</source>
        <translation>与之前同样长度的时间相比</translation>
    </message>
    <message>
        <source>total time</source>
        <translation>总时间</translation>
    </message>
    <message>
        <source>statements</source>
        <translation>条语句</translation>
    </message>
    <message>
        <source>rows examined</source>
        <translation>行被扫描</translation>
    </message>
    <message>
        <source>new digests</source>
        <translation>个新摘要</translation>
    </message>
    <message>
        <source>Query time each second</source>
        <translation>每秒查询时间</translation>
    </message>
    <message>
        <source>Statements each second</source>
        <translation>每秒语句数</translation>
    </message>
    <message>
        <source>Rows examined each second</source>
        <translation>每秒扫描行数</translation>
    </message>
    <message>
        <source>%1 writes no slow log. These statements make it write one now:</source>
        <translation>%1 没有写慢日志。以下语句使其立即开始写：</translation>
    </message>
    <message>
        <source>and these lines in its my.cnf, below [mysqld], keep it so:</source>
        <translation>在其 my.cnf 的 [mysqld] 下加入以下各行可长期保持：</translation>
    </message>
    <message>
        <source>No agent has said yet where slow statements come from. A headless instance asks and collects, also while no window is open: zandbctl serve</source>
        <translation>还没有代理报告慢语句的来源。后台服务会询问并收集，窗口关闭时也是如此：zandbctl serve</translation>
    </message>
    <message>
        <source>Choose a longer time range. Statements that take longer than long_query_time of their server are listed here.</source>
        <translation>请选择更长的时间范围。执行时间超过其服务器 long_query_time 的语句列在这里。</translation>
    </message>
    <message>
        <source>No slow log is read</source>
        <translation>没有读取到慢日志</translation>
    </message>
    <message>
        <source>No slow statements in this time range</source>
        <translation>此时间范围内没有慢语句</translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s) of this scope write no slow log: their statements are missing here.</source>
        <translation>
            <numerusform>此范围内有 %n 个实例没有写慢日志：这里缺少它们的语句。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n entries of the logs were not understood.</source>
        <translation>
            <numerusform>日志中有 %n 个条目无法识别。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) of the store could not be read.</source>
        <translation>
            <numerusform>元数据库中有 %n 行无法读取。</numerusform>
        </translation>
    </message>
    <message>
        <source>Select a digest to see its text and figures.</source>
        <translation>选择一个摘要以查看其文本和数字。</translation>
    </message>
    <message numerus="yes">
        <source>%n digest(s)</source>
        <translation>
            <numerusform>%n 个摘要</numerusform>
        </translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Total time</source>
        <translation>总时间</translation>
    </message>
    <message>
        <source>regressed</source>
        <comment>digests</comment>
        <translation>变差</translation>
    </message>
    <message>
        <source>Digests that are slower or more frequent than usual now: the Today page lists them with the figures</source>
        <translation>目前比平常更慢或更频繁的摘要：“今日”页列出它们及数据</translation>
    </message>
    <message>
        <source>Set it…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Threshold…</source>
        <translation>阈值…</translation>
    </message>
</context>
<context>
    <name>SlowQueryText</name>
    <message>
        <source>(rare digests together)</source>
        <translation>（少见的摘要合计）</translation>
    </message>
    <message>
        <source>(its text is not known)</source>
        <translation>（文本未知）</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新</translation>
    </message>
    <message>
        <source>%1 times</source>
        <translation>%1 倍</translation>
    </message>
    <message>
        <source>Total time</source>
        <translation>总时间</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Rows examined</source>
        <translation>扫描行数</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>语句摘要</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>in no group below</source>
        <translation>不在下级分组中</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Share of total time</source>
        <translation>占总时间</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>Waiting for locks</source>
        <translation>等待锁</translation>
    </message>
    <message>
        <source>Rows sent</source>
        <translation>返回行数</translation>
    </message>
    <message>
        <source>Examined / sent</source>
        <translation>扫描/返回</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>First seen</source>
        <translation>首次出现</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已认可</translation>
    </message>
    <message>
        <source>by %1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>校验和</translation>
    </message>
    <message>
        <source>Slow statement %1</source>
        <translation>慢语句 %1</translation>
    </message>
    <message>
        <source>Fingerprint:</source>
        <translation>语句指纹：</translation>
    </message>
    <message>
        <source>Sent by:</source>
        <translation>调用来源：</translation>
    </message>
    <message>
        <source>%1 calls, %2</source>
        <translation>%1 次，%2</translation>
    </message>
    <message>
        <source>Example (masked), %1, %2:</source>
        <translation>示例（已脱敏），%1，%2：</translation>
    </message>
</context>
<context>
    <name>zandb::SqlPreviewModel</name>
    <message>
        <source>rows</source>
        <translation>行</translation>
    </message>
    <message>
        <source>metadata, shared</source>
        <translation>元数据（共享）</translation>
    </message>
    <message>
        <source>metadata, exclusive</source>
        <translation>元数据（排他）</translation>
    </message>
    <message>
        <source>writes to the table</source>
        <translation>对该表的写入</translation>
    </message>
    <message>
        <source>the whole server</source>
        <translation>整个服务器</translation>
    </message>
    <message>
        <source>denied</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>refused: %1</source>
        <translation>被拒绝：%1</translation>
    </message>
    <message>
        <source>after a confirmation (%1)</source>
        <translation>确认后允许（%1）</translation>
    </message>
    <message>
        <source>allowed (%1)</source>
        <translation>允许（%1）</translation>
    </message>
    <message numerus="yes">
        <source>primary of %n</source>
        <translation>
            <numerusform>主库，%n 个从库</numerusform>
        </translation>
    </message>
    <message>
        <source>replica</source>
        <translation>从库</translation>
    </message>
    <message>
        <source>alone</source>
        <translation>独立</translation>
    </message>
    <message>
        <source>session %1 of %2, open %3</source>
        <translation>%2 的会话 %1，事务已打开 %3</translation>
    </message>
    <message>
        <source>%1, holds %2</source>
        <translation>%1，持有 %2</translation>
    </message>
    <message>
        <source>done at once</source>
        <translation>立即完成</translation>
    </message>
    <message>
        <source>done in place</source>
        <translation>原地完成</translation>
    </message>
    <message>
        <source>copies the table</source>
        <translation>需要复制整张表</translation>
    </message>
    <message>
        <source>replicas lag for its duration</source>
        <translation>执行期间从库会延迟</translation>
    </message>
    <message>
        <source>reads by %1</source>
        <translation>读取方式 %1</translation>
    </message>
    <message>
        <source>reads by %1 over %2</source>
        <translation>读取方式 %1，经由 %2</translation>
    </message>
    <message>
        <source>can run</source>
        <translation>可以执行</translation>
    </message>
    <message>
        <source>look first</source>
        <translation>请先查看</translation>
    </message>
    <message>
        <source>cannot run</source>
        <translation>不能执行</translation>
    </message>
    <message numerus="yes">
        <source>%1, and %n more</source>
        <translation>
            <numerusform>%1，另外还有 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>裁定</translation>
    </message>
    <message>
        <source>Rows (est.)</source>
        <translation>行数（估计）</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表大小</translation>
    </message>
    <message>
        <source>Locks</source>
        <translation>锁</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Lag</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>In its way</source>
        <translation>阻碍者</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
</context>
<context>
    <name>zandb::SqlResultsPane</name>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>SQL: INSERT statements</source>
        <translation>SQL：INSERT 语句</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Differences !</source>
        <translation>差异 !</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Statements</source>
        <translation>语句</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>Scripts</source>
        <translation>脚本库</translation>
    </message>
    <message>
        <source>Everybody&apos;s</source>
        <translation>所有人的</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>What it left on each instance</source>
        <translation>它在每个实例上留下的结果</translation>
    </message>
    <message>
        <source>Go on…</source>
        <translation>继续…</translation>
    </message>
    <message>
        <source>Retry failed…</source>
        <translation>重试失败的…</translation>
    </message>
    <message>
        <source>Save the script…</source>
        <translation>保存脚本…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>No result yet</source>
        <translation>还没有结果</translation>
    </message>
    <message>
        <source>Results of all instances stand here as one table.</source>
        <translation>所有实例的结果在此合为一张表。</translation>
    </message>
    <message>
        <source>Nothing differs</source>
        <translation>没有差异</translation>
    </message>
    <message>
        <source>Rows that an instance has, or lacks, beside what most instances answered stand here.</source>
        <translation>与多数实例的回答相比，某个实例多出或缺少的行列在这里。</translation>
    </message>
    <message>
        <source>Nothing was run yet</source>
        <translation>还没有执行过</translation>
    </message>
    <message>
        <source>Each statement on each instance has a line here.</source>
        <translation>每个实例上的每条语句在此各占一行。</translation>
    </message>
    <message>
        <source>No preview yet</source>
        <translation>还没有预览</translation>
    </message>
    <message>
        <source>Preview asks each instance what the script would meet there, and changes nothing.</source>
        <translation>预览会询问每个实例脚本将遇到什么，不做任何修改。</translation>
    </message>
    <message>
        <source>No script was run yet</source>
        <translation>还没有执行过脚本</translation>
    </message>
    <message>
        <source>Scripts of the last 30 days stand here. A double click or Enter opens one in a new editor.</source>
        <translation>最近 30 天的脚本列在这里。双击或按 Enter 可在新编辑器中打开。</translation>
    </message>
    <message>
        <source>No script was saved yet</source>
        <translation>还没有保存过脚本</translation>
    </message>
    <message>
        <source>Saved scripts stand in the store, for everybody. A double click or Enter opens one in a new editor.</source>
        <translation>保存的脚本放在存储库中，所有人可用。双击或按 Enter 可在新编辑器中打开。</translation>
    </message>
    <message>
        <source>Choose a script that changed something; a read is run again from an editor.</source>
        <translation>请选择一个做过修改的脚本；读取可在编辑器中重新执行。</translation>
    </message>
    <message>
        <source>It has finished.</source>
        <translation>它已完成。</translation>
    </message>
    <message>
        <source>Nothing of it failed.</source>
        <translation>它没有失败的部分。</translation>
    </message>
    <message>
        <source>Goes on under your key where its program has ended or a rule has stopped it; nothing that has run is repeated</source>
        <translation>在原程序已结束或规则已停止之处，用您的密钥继续；已执行的绝不重复</translation>
    </message>
    <message>
        <source>Also runs it again where it failed, from its first statement; what is unknown is never repeated</source>
        <translation>并在失败的实例上从第一条语句起重新执行；结果未知的绝不重复</translation>
    </message>
    <message>
        <source>Choose a script first.</source>
        <translation>请先选择一个脚本。</translation>
    </message>
</context>
<context>
    <name>zandb::SqlRulesDialog</name>
    <message>
        <source>How scripts run — %1</source>
        <translation>脚本如何执行 — %1</translation>
    </message>
    <message>
        <source>the first failure</source>
        <translation>第一次失败</translation>
    </message>
    <message>
        <source>Stop when a replica, or the instance itself, lags more than</source>
        <translation>当从库或实例本身的延迟超过此值时停止</translation>
    </message>
    <message>
        <source>Stop when more statements run on an instance than</source>
        <translation>当实例上正在执行的语句多于此数时停止</translation>
    </message>
    <message>
        <source>Save whole results of reads as CSV, in the directory</source>
        <translation>将读取的完整结果以 CSV 保存到目录</translation>
    </message>
    <message>
        <source>the first of the list</source>
        <translation>列表中的第一个</translation>
    </message>
    <message>
        <source>none: waves begin at once</source>
        <translation>无：直接开始分批</translation>
    </message>
    <message>
        <source>Alone before all others</source>
        <translation>先单独执行的实例</translation>
    </message>
    <message>
        <source>Instances in a wave</source>
        <translation>每批实例数</translation>
    </message>
    <message>
        <source>Pause between waves</source>
        <translation>批次间隔</translation>
    </message>
    <message>
        <source>Stop when more have failed than</source>
        <translation>失败多于此比例时停止</translation>
    </message>
    <message>
        <source>A statement may take</source>
        <translation>每条语句的时限</translation>
    </message>
    <message>
        <source>and wait for a lock</source>
        <translation>等待锁的时限</translation>
    </message>
    <message>
        <source>Rows shown of each result</source>
        <translation>每个结果显示的行数</translation>
    </message>
    <message>
        <source>An ALTER may copy a large table</source>
        <translation>允许 ALTER 复制大表</translation>
    </message>
    <message>
        <source>An ALTER may lock a large table</source>
        <translation>允许 ALTER 锁住大表</translation>
    </message>
    <message>
        <source>A unique index may be dropped</source>
        <translation>允许删除唯一索引</translation>
    </message>
    <message>
        <source>An index of a foreign key may be dropped</source>
        <translation>允许删除外键使用的索引</translation>
    </message>
    <message>
        <source>A primary may be made less durable</source>
        <translation>允许降低主库的持久性</translation>
    </message>
    <message>
        <source>Use these rules</source>
        <translation>使用这些规则</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>zandb::SqlScriptModel</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Changed by</source>
        <translation>修改人</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>修改时间</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>脚本</translation>
    </message>
</context>
<context>
    <name>zandb::StandardDialog</name>
    <message>
        <source>It may differ there</source>
        <translation>此处可以不同</translation>
    </message>
    <message>
        <source>Change the rule</source>
        <translation>更改规则</translation>
    </message>
    <message>
        <source>Add the rule</source>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Standard — %1</source>
        <translation>标准 — %1</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>适用处</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Change a rule of the standard</source>
        <translation>更改标准中的规则</translation>
    </message>
    <message>
        <source>Add a rule to the standard</source>
        <translation>向标准添加规则</translation>
    </message>
    <message>
        <source>What this variable should be. A nearer rule holds before a farther one.</source>
        <translation>该变量应有的值。较近的规则优先于较远的。</translation>
    </message>
</context>
<context>
    <name>zandb::StandardsPage</name>
    <message>
        <source>Drift</source>
        <translation>漂移</translation>
    </message>
    <message>
        <source>Standards</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>&lt;p&gt;What of the selected instances is not as it should be: values that a start would change, values other than the standard, values, paths, versions and owners other than those of most servers of the same group and version, a server_id that two have, option files with mistakes. Tasks of the kind drift read all that; &lt;b&gt;Check now&lt;/b&gt; reads it at once.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Repair&lt;/b&gt; sets variables to the standard, to what stands on disk or to what most peers have, with a preview, as every change of configuration. &lt;b&gt;Accept&lt;/b&gt; says that a difference is meant, why, and until when.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Standard&lt;/b&gt; lists what variables should be: in the whole fleet, a group or an instance; the nearest rule holds. Without a rule, only server_id, the buffer pool and what is each server&apos;s own by nature may differ. The same is done by &lt;code&gt;zandbctl drift list&lt;/code&gt;.&lt;/p&gt;</source>
        <translation>&lt;p&gt;所选实例中不符合预期之处：启动后会改变的值，与标准不同的值，与同组同版本多数服务器不同的值、路径、版本和属主，两台服务器共用的 server_id，以及有错误的选项文件。drift 类任务会读取这些；&lt;b&gt;立即检查&lt;/b&gt;马上读取。&lt;/p&gt;&lt;p&gt;&lt;b&gt;修复&lt;/b&gt;把变量设为标准、磁盘上的值或多数同类的值，与所有配置更改一样先预览。&lt;b&gt;接受&lt;/b&gt;说明差异是有意的、原因以及期限。&lt;/p&gt;&lt;p&gt;&lt;b&gt;标准&lt;/b&gt;列出变量应有的值：适用于整个机群、组或实例；最近的规则有效。没有规则时，只有 server_id、缓冲池以及本来就各自不同的变量可以不同。&lt;code&gt;zandbctl drift list&lt;/code&gt; 可以做同样的事。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>立即检查</translation>
    </message>
    <message>
        <source>Accepted ones too</source>
        <translation>包括已接受的</translation>
    </message>
    <message>
        <source>Add a rule…</source>
        <translation>添加规则…</translation>
    </message>
    <message>
        <source>Accept…</source>
        <translation>接受…</translation>
    </message>
    <message>
        <source>Make it the standard…</source>
        <translation>设为标准…</translation>
    </message>
    <message>
        <source>Change the rule…</source>
        <translation>更改规则…</translation>
    </message>
    <message>
        <source>Remove the rule</source>
        <translation>删除规则</translation>
    </message>
    <message>
        <source>There is no standard yet</source>
        <translation>尚无标准</translation>
    </message>
    <message>
        <source>Instances are compared with their peers. A rule says what a variable should be, or that it may differ.</source>
        <translation>实例之间相互比较。规则说明变量应为何值，或可以不同。</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading: %1 of %2</source>
        <translation>正在读取：%1 / %2</translation>
    </message>
    <message>
        <source>%1 of %2 instances read</source>
        <translation>已读取 %1 / %2 个实例</translation>
    </message>
    <message>
        <source>the oldest %1</source>
        <translation>最早读取于 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n difference(s)</source>
        <translation>
            <numerusform>%n 项差异</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n accepted</source>
        <translation>
            <numerusform>%n 项已接受</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Repair %n difference(s)…</source>
        <translation>
            <numerusform>修复 %n 项差异…</numerusform>
        </translation>
    </message>
    <message>
        <source>Repair…</source>
        <translation>修复…</translation>
    </message>
    <message>
        <source>Nothing was read yet</source>
        <translation>尚未读取</translation>
    </message>
    <message>
        <source>Nothing differs</source>
        <translation>没有差异</translation>
    </message>
    <message>
        <source>A task of the kind drift reads configurations each day: zandbctl task add drift --kind drift --all --every day.</source>
        <translation>drift 类任务每天读取配置：zandbctl task add drift --kind drift --all --every day。</translation>
    </message>
    <message>
        <source>All that was read is as the standard, the files and the peers say.</source>
        <translation>所读取的内容与标准、文件及同类一致。</translation>
    </message>
    <message>
        <source>A check goes on.</source>
        <translation>正在检查。</translation>
    </message>
    <message>
        <source>There is no instance in what is selected.</source>
        <translation>所选范围内没有实例。</translation>
    </message>
    <message>
        <source>No change of a variable mends what differs.</source>
        <translation>这些差异无法通过更改变量来修复。</translation>
    </message>
    <message>
        <source>Select a difference to see what can be done.</source>
        <translation>选择一项差异，查看可以做什么。</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>有差异</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>实际值</translation>
    </message>
    <message>
        <source>Also on</source>
        <translation>同样出现在</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Wanted</source>
        <translation>应为</translation>
    </message>
    <message>
        <source>Accepted by</source>
        <translation>接受人</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>直到</translation>
    </message>
    <message>
        <source>Because</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>It is accepted.</source>
        <translation>已接受。</translation>
    </message>
    <message>
        <source>No change of a variable mends it.</source>
        <translation>更改变量无法修复它。</translation>
    </message>
    <message>
        <source>It is accepted already.</source>
        <translation>已经接受。</translation>
    </message>
    <message>
        <source>Mark one difference only.</source>
        <translation>请只标记一项差异。</translation>
    </message>
    <message>
        <source>The standard names variables only.</source>
        <translation>标准只包含变量。</translation>
    </message>
    <message>
        <source>Select a rule to change it.</source>
        <translation>选择一条规则进行更改。</translation>
    </message>
    <message numerus="yes">
        <source>%n rule(s)</source>
        <translation>
            <numerusform>%n 条规则</numerusform>
        </translation>
    </message>
    <message>
        <source>Where</source>
        <translation>适用处</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>may differ</source>
        <translation>可以不同</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作人</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>自</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n rule(s)</source>
        <translation>
            <numerusform>删除 %n 条规则</numerusform>
        </translation>
    </message>
    <message>
        <source>Mark one rule only.</source>
        <translation>请只标记一条规则。</translation>
    </message>
</context>
<context>
    <name>zandb::StepTreeModel</name>
    <message>
        <source>Step %1: %2</source>
        <translation>步骤 %1：%2</translation>
    </message>
    <message>
        <source>Attempt %1</source>
        <translation>第 %1 次尝试</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>with the key %1</source>
        <translation>使用密钥 %1</translation>
    </message>
    <message>
        <source>Ordered by</source>
        <translation>下令者</translation>
    </message>
    <message>
        <source>dispatcher</source>
        <translation>调度</translation>
    </message>
</context>
<context>
    <name>zandb::TablePane</name>
    <message>
        <source>Filter, e.g. failed db1</source>
        <translation>筛选，例如 失败 db1</translation>
    </message>
    <message>
        <source>Choose columns</source>
        <translation>选择列</translation>
    </message>
    <message>
        <source>Export what is shown</source>
        <translation>导出所显示内容</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>CSV for spreadsheets (with byte order mark)</source>
        <translation>用于电子表格的 CSV（带 BOM）</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 / %n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Not exported</source>
        <translation>未导出</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>filtering…</source>
        <translation>正在筛选…</translation>
    </message>
    <message>
        <source>newest %1 shown</source>
        <translation>仅显示最新 %1 条</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy with header</source>
        <translation>连同表头复制</translation>
    </message>
    <message>
        <source>, %1 selected</source>
        <translation>，已选择 %1 行</translation>
    </message>
    <message>
        <source>Shows rows that contain all words; column:word searches one column, -word excludes (Ctrl+F)</source>
        <translation>显示包含所有词的行；列名:词 只在该列中查找，-词 表示排除（Ctrl+F）</translation>
    </message>
    <message>
        <source>There are more. Narrow the time range or the scope to see them.</source>
        <translation>还有更多。请缩小时间范围或选择范围以查看。</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
</context>
<context>
    <name>zandb::TimeChart</name>
    <message numerus="yes">
        <source>%n other(s)</source>
        <translation>
            <numerusform>其他 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Hide “%1”</source>
        <translation>隐藏“%1”</translation>
    </message>
    <message>
        <source>Show “%1”</source>
        <translation>显示“%1”</translation>
    </message>
    <message>
        <source>No values in this time range</source>
        <translation>此时间范围内没有数值</translation>
    </message>
</context>
<context>
    <name>zandb::TimeRangeBar</name>
    <message>
        <source>Earlier</source>
        <translation>更早</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>更晚</translation>
    </message>
    <message>
        <source>Time range of all pages</source>
        <translation>所有页面共用的时间范围</translation>
    </message>
</context>
<context>
    <name>zandb::TodayPage</name>
    <message>
        <source>Today</source>
        <translation>今日</translation>
    </message>
    <message>
        <source>Nothing needs your attention</source>
        <translation>一切正常，无需处理</translation>
    </message>
    <message>
        <source>Reading the store…</source>
        <translation>正在读取元数据库…</translation>
    </message>
    <message>
        <source>No backups were due last night</source>
        <translation>昨晚没有应执行的备份</translation>
    </message>
    <message numerus="yes">
        <source>So far last night is good; %n backup(s) to go</source>
        <translation>
            <numerusform>昨晚备份目前正常，还有 %n 个未完成</numerusform>
        </translation>
    </message>
    <message>
        <source>Last night was good</source>
        <translation>昨晚备份全部正常</translation>
    </message>
    <message>
        <source>Needs attention (%1)</source>
        <translation>需要关注（%1）</translation>
    </message>
    <message>
        <source>Needs attention</source>
        <translation>需要关注</translation>
    </message>
    <message>
        <source>No backups were due tonight so far</source>
        <translation>今晚到目前为止没有应执行的备份</translation>
    </message>
    <message>
        <source>Tonight is good so far</source>
        <translation>今晚备份目前一切正常</translation>
    </message>
    <message>
        <source>From noon %1 to noon %2 (%3)</source>
        <translation>从 %1 中午到 %2 中午（%3）</translation>
    </message>
    <message>
        <source>The night before</source>
        <translation>前一晚</translation>
    </message>
    <message>
        <source>The night after</source>
        <translation>后一晚</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Choose an alert in the list first.</source>
        <translation>请先在列表中选择一条告警。</translation>
    </message>
    <message>
        <source>Somebody has acknowledged it already.</source>
        <translation>已有人确认。</translation>
    </message>
    <message>
        <source>No backups were due in this night</source>
        <translation>这一晚没有到期的备份</translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of this night need attention</source>
        <translation>
            <numerusform>这一晚有 %n 个备份需要关注</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of tonight need attention</source>
        <translation>
            <numerusform>今晚有 %n 个备份需要关注</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of last night need attention</source>
        <translation>
            <numerusform>昨晚有 %n 个备份需要关注</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) done; no more of them start</source>
        <translation>
            <numerusform>已完成 %n 个备份；不会再有备份开始</numerusform>
        </translation>
    </message>
    <message>
        <source>This night was good</source>
        <translation>这一晚一切正常</translation>
    </message>
    <message>
        <source>Nothing is known: the metadata store does not answer</source>
        <translation>情况未知：元数据库没有响应</translation>
    </message>
    <message numerus="yes">
        <source>%n bad one(s) were followed by a good backup of the same instance</source>
        <translation>
            <numerusform>%n 个异常备份之后，同一实例已有有效备份</numerusform>
        </translation>
    </message>
    <message>
        <source>No failed, late or unknown backups, no disks filling up, all hosts responding.</source>
        <translation>没有失败、延误或未知的备份，磁盘空间充足，所有主机均有响应。</translation>
    </message>
    <message>
        <source>&lt;p&gt;What one wants to know in the morning. Above: how last night&apos;s backups went, from noon to noon; a click on a count shows those backups.&lt;/p&gt;&lt;p&gt;Below, the worst first: what failed, is late, was missed or cannot be known, disks that fill up, hosts and instances that do not respond, instances without a recent good backup, and slow statements that are new, slower or more frequent than usual. Each line leads to its cause. An alert stays until what it tells of has ended; whoever looks after it can acknowledge it. An empty list means that nothing needs you.&lt;/p&gt;</source>
        <translation>&lt;p&gt;早晨想知道的情况。上方是昨晚（从中午到中午）的备份情况；点击某个数字即可查看对应的备份。&lt;/p&gt;&lt;p&gt;下方按严重程度列出：失败、延误、错过或情况未知的备份，即将写满的磁盘，没有响应的主机和实例，最近没有有效备份的实例，以及新出现、变慢或比平时更频繁的慢语句。每一行都通向其原因。告警会一直保留到所说的情况结束；负责处理的人可以确认它。列表为空表示没有需要处理的事项。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>This night lies before what was read</source>
        <translation>这一晚早于已读取的范围</translation>
    </message>
    <message>
        <source>No backup was made in this night</source>
        <translation>这一晚没有完成任何备份</translation>
    </message>
    <message>
        <source>No backup was made tonight so far</source>
        <translation>今晚到目前为止没有完成任何备份</translation>
    </message>
    <message>
        <source>No backup was made last night</source>
        <translation>昨晚没有完成任何备份</translation>
    </message>
    <message numerus="yes">
        <source>%n skipped</source>
        <translation>
            <numerusform>跳过 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cancelled</source>
        <translation>
            <numerusform>取消 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n to go</source>
        <translation>
            <numerusform>还有 %n 个未完成</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n done</source>
        <translation>
            <numerusform>完成 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>This night: %1</source>
        <translation>这一晚：%1</translation>
    </message>
    <message>
        <source>Tonight so far: %1</source>
        <translation>今晚到目前为止：%1</translation>
    </message>
    <message>
        <source>Last night: %1</source>
        <translation>昨晚：%1</translation>
    </message>
    <message>
        <source>there are too many runs since: not all are counted</source>
        <translation>之后的运行过多：未全部计入</translation>
    </message>
    <message numerus="yes">
        <source>%n bad one(s) were followed by another bad one of the same task and instance</source>
        <translation>
            <numerusform>%n 个异常备份之后，同一任务和实例的备份再次异常</numerusform>
        </translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>The statement is known: how it is now is usual from now on</source>
        <translation>此语句已知：从现在起以目前的情况为平常</translation>
    </message>
    <message>
        <source>Choose a statement in the list first.</source>
        <translation>请先在列表中选择一条语句。</translation>
    </message>
</context>
<context>
    <name>zandb::console::Actions</name>
    <message>
        <source>%1 (done for %2 of %3)</source>
        <translation>%1（%3 个中完成了 %2 个）</translation>
    </message>
    <message numerus="yes">
        <source>Retry requested for %n run(s)</source>
        <translation>
            <numerusform>已请求重试 %n 个运行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Cancellation requested for %n run(s)</source>
        <translation>
            <numerusform>已请求取消 %n 个运行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Given up: %n run(s) count(s) as failed</source>
        <translation>
            <numerusform>已放弃等待：%n 个运行计为失败</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Backup of %n instance(s) requested</source>
        <translation>
            <numerusform>已请求备份 %n 个实例</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Verification of %n backup(s) requested</source>
        <translation>
            <numerusform>已请求验证 %n 个备份</numerusform>
        </translation>
    </message>
    <message>
        <source>Restore requested</source>
        <translation>已请求恢复</translation>
    </message>
    <message>
        <source>Taken over by this window</source>
        <translation>已由本窗口接管</translation>
    </message>
    <message>
        <source>Alert acknowledged</source>
        <translation>告警已确认</translation>
    </message>
    <message>
        <source>Take over the run</source>
        <translation>接管运行</translation>
    </message>
    <message>
        <source>This window executes it already</source>
        <translation>此窗口已在执行它</translation>
    </message>
</context>
<context>
    <name>zandb::console::Asking</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 等另外 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, on %n host(s)</source>
        <translation>
            <numerusform>%1，分布在 %n 台主机上</numerusform>
        </translation>
    </message>
    <message>
        <source>Retry — %1</source>
        <translation>重试 — %1</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) get(s) one more attempt: %1.</source>
        <translation>
            <numerusform>%n 个运行将再尝试一次：%1。</numerusform>
        </translation>
    </message>
    <message>
        <source>The instances hold %1 of data.</source>
        <translation>这些实例共有 %1 数据。</translation>
    </message>
    <message>
        <source>Retry the run of %1</source>
        <translation>重试 %1 的运行</translation>
    </message>
    <message numerus="yes">
        <source>Retry %n run(s)</source>
        <translation>
            <numerusform>重试 %n 个运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Verify by a restore — %1</source>
        <translation>恢复验证 — %1</translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of %1. Each is restored into a scratch directory of its host and removed again: %2 are written there in all.</source>
        <translation>
            <numerusform>%1 的 %n 个备份。每个备份都会恢复到其主机的临时目录，然后删除：总共写入 %2。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Verify %n backup(s)</source>
        <translation>
            <numerusform>验证 %n 个备份</numerusform>
        </translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未执行</translation>
    </message>
    <message>
        <source>Which instance this run is of is not known yet. Open the run and do it there.</source>
        <translation>尚不知道此运行属于哪个实例。请打开该运行并在那里操作。</translation>
    </message>
    <message>
        <source>This is production.</source>
        <translation>这是生产环境。</translation>
    </message>
    <message>
        <source>Cancel a run — %1</source>
        <translation>取消运行 — %1</translation>
    </message>
    <message>
        <source>The work on %1 is stopped, and what it has done so far is lost.</source>
        <translation>%1 上的工作将被停止，已完成的部分将丢失。</translation>
    </message>
    <message>
        <source>Cancel the run of %1</source>
        <translation>取消 %1 的运行</translation>
    </message>
    <message numerus="yes">
        <source>Cancel %n run(s)</source>
        <translation>
            <numerusform>取消 %n 个运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Give up waiting — %1</source>
        <translation>放弃等待 — %1</translation>
    </message>
    <message>
        <source>How the run of %1 ended is unknown, because its host cannot be asked. The work may still be going on there, and may yet end well: nothing on the host is stopped by this.

From now on the run counts as failed, never as a success, and can be retried. What the host may still tell of it one day is kept with the attempt.</source>
        <translation>%1 的运行结果未知，因为无法询问其主机。那里的工作可能仍在进行，也可能最终成功：此操作不会停止主机上的任何工作。

从现在起此运行计为失败，绝不会算作成功，并且可以重试。主机日后若仍有回报，会保存在该次尝试中。</translation>
    </message>
    <message>
        <source>Count the run of %1 as failed</source>
        <translation>将 %1 的运行计为失败</translation>
    </message>
    <message numerus="yes">
        <source>Count %n run(s) as failed</source>
        <translation>
            <numerusform>将 %n 个运行计为失败</numerusform>
        </translation>
    </message>
    <message>
        <source>Keep it running</source>
        <translation>让它继续</translation>
    </message>
    <message>
        <source>Keep waiting</source>
        <translation>继续等待</translation>
    </message>
</context>
<context>
    <name>zandb::console::ConfigController</name>
    <message>
        <source>a change was cut off there and is not taken back yet</source>
        <translation>那里有一项更改中断，尚未撤回</translation>
    </message>
    <message>
        <source>Change a variable</source>
        <translation>更改变量</translation>
    </message>
    <message>
        <source>There is no instance in what is selected.</source>
        <translation>所选范围内没有实例。</translation>
    </message>
    <message numerus="yes">
        <source>Change a variable on %n instance(s)</source>
        <translation>
            <numerusform>在 %n 个实例上更改变量</numerusform>
        </translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>撤回</translation>
    </message>
    <message>
        <source>%1 of %2 is marked twice: take back the newer change first.</source>
        <translation>%2 的 %1 被标记了两次：请先撤回较新的更改。</translation>
    </message>
    <message numerus="yes">
        <source>Take %n change(s) back</source>
        <translation>
            <numerusform>撤回 %n 项更改</numerusform>
        </translation>
    </message>
    <message>
        <source>Change configuration — %1</source>
        <translation>更改配置 — %1</translation>
    </message>
    <message numerus="yes">
        <source>The configuration of %n instance(s) is changed, as the preview shows.</source>
        <translation>
            <numerusform>将按预览更改 %n 个实例的配置。</numerusform>
        </translation>
    </message>
    <message>
        <source>This is production.</source>
        <translation>这是生产环境。</translation>
    </message>
    <message numerus="yes">
        <source>Change %n instance(s)</source>
        <translation>
            <numerusform>更改 %n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>The change of configuration has ended.</source>
        <translation>配置更改已结束。</translation>
    </message>
</context>
<context>
    <name>zandb::console::ConnectionWindow</name>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>The keychain could not be read: %1</source>
        <translation>无法读取钥匙串：%1</translation>
    </message>
    <message>
        <source>Your role is %1.</source>
        <translation>您的角色是%1。</translation>
    </message>
    <message>
        <source>The connection is not encrypted.</source>
        <translation>连接未加密。</translation>
    </message>
    <message>
        <source>The connection is encrypted (%1).</source>
        <translation>连接已加密（%1）。</translation>
    </message>
    <message>
        <source>Correct the account or the password above.</source>
        <translation>请更正上面的账号或密码。</translation>
    </message>
    <message>
        <source>Correct the administrator&apos;s account or password.</source>
        <translation>请更正管理员账号或密码。</translation>
    </message>
    <message>
        <source>The schema “%1” is there, but its roles could not be made.</source>
        <translation>库“%1”已就绪，但无法创建其角色。</translation>
    </message>
    <message>
        <source>The administrator&apos;s account lacks CREATE USER, or the rights on the schema WITH GRANT OPTION. Create again with one that has them.</source>
        <translation>管理员账号缺少 CREATE USER 权限，或缺少该库上带 WITH GRANT OPTION 的权限。请用具备这些权限的账号重新创建。</translation>
    </message>
    <message>
        <source>The schema “%1” was created or brought up to date.</source>
        <translation>已创建或升级库“%1”。</translation>
    </message>
    <message>
        <source>The schema “%1” was up to date already.</source>
        <translation>库“%1”已是最新。</translation>
    </message>
    <message>
        <source>The account “%1” is an administrator of the store.</source>
        <translation>账号“%1”是元数据库管理员。</translation>
    </message>
    <message>
        <source>“Save and open” goes on.</source>
        <translation>点击“保存并打开”继续。</translation>
    </message>
    <message>
        <source>Or do it here: “Create the store…”.</source>
        <translation>也可在此处操作：“创建元数据库…”。</translation>
    </message>
    <message>
        <source>Connected to the store: %1.</source>
        <translation>已连接到元数据库：%1。</translation>
    </message>
    <message>
        <source>The keychain could not save the password: %1</source>
        <translation>钥匙串无法保存密码：%1</translation>
    </message>
    <message>
        <source>Unlock or start the desktop&apos;s keychain (GNOME Keyring, KWallet), or save the password in a file that only you may read.</source>
        <translation>请解锁或启动桌面钥匙串（GNOME Keyring、KWallet），或选择将密码保存在仅您可读的文件中。</translation>
    </message>
    <message>
        <source>It existed already; its password was not changed.</source>
        <translation>该账户原已存在，其密码未更改。</translation>
    </message>
</context>
<context>
    <name>zandb::console::ConsoleContext</name>
    <message>
        <source>Not done</source>
        <translation>未执行</translation>
    </message>
    <message>
        <source>This run is not in the store.</source>
        <translation>元数据库中没有此运行。</translation>
    </message>
    <message>
        <source>Close the window — %1</source>
        <translation>关闭窗口 — %1</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>They go on without this window: the work is done on the hosts. Whether a headless instance is there to fetch the results is not known, since the store is away.</source>
        <translation>关闭本窗口后它们仍会继续：工作在主机上进行。由于元数据库不可用，无法得知是否有后台服务来收取结果。</translation>
    </message>
    <message>
        <source>They go on without this window: the work is done on the hosts, and the headless instance fetches the results, retries and starts what is due.</source>
        <translation>关闭本窗口后它们仍会继续：工作在主机上进行，后台服务会收取结果、重试并启动到期的任务。</translation>
    </message>
    <message>
        <source>What runs on the hosts goes on without this window. But no headless instance is there: nothing is retried or started, and results wait on the hosts until one runs.</source>
        <translation>关闭本窗口后，主机上正在进行的工作仍会继续。但目前没有后台服务：不会重试，也不会启动新的运行；结果会留在主机上，直到有后台服务运行。</translation>
    </message>
    <message numerus="yes">
        <source>%n request(s) of yours have not reached the store yet. Closing now loses them.</source>
        <translation>
            <numerusform>您有 %n 个请求尚未写入元数据库，现在关闭将会丢失。</numerusform>
        </translation>
    </message>
    <message>
        <source>Do not ask again while only runs go on</source>
        <translation>仅有运行在进行时不再询问</translation>
    </message>
    <message>
        <source>The keychain could not be read: %1</source>
        <translation>无法读取钥匙串：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n of them are sent with your key by this window. What has reached a host goes on there; the next window of yours, or a headless instance, records how it ended.</source>
        <translation>
            <numerusform>其中 %n 个由此窗口用您的密钥发出。已到达主机的会在那里继续；您的下一个窗口或后台服务会记录其结果。</numerusform>
        </translation>
    </message>
    <message>
        <source>No longer followed</source>
        <translation>未能跟踪到结束</translation>
    </message>
    <message>
        <source>The metadata store does not answer. This will be possible again once it does.</source>
        <translation>元数据库没有应答。待其恢复应答后即可使用此功能。</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) in progress: %1.</source>
        <translation>
            <numerusform>%n 个运行正在进行：%1。</numerusform>
        </translation>
    </message>
    <message>
        <source>This page could not be refreshed: %1</source>
        <translation>此页面无法刷新：%1</translation>
    </message>
    <message>
        <source>The data shown may be out of date. It will be retried automatically.</source>
        <translation>显示的可能是旧数据。系统会自动重试。</translation>
    </message>
    <message>
        <source>The data shown is from %1.</source>
        <translation>当前显示的是 %1的数据。</translation>
    </message>
    <message>
        <source>Execute with your key — %1</source>
        <translation>用您的密钥执行 — %1</translation>
    </message>
    <message>
        <source>This window did not make this run as it is now. Nothing of it is sent with your key unless you agree to what it does:</source>
        <translation>这个运行的当前内容不是由本窗口创建的。除非您同意它要做的事，否则不会用您的密钥发送其中的任何内容：</translation>
    </message>
    <message>
        <source>Step %1: %2 on %3</source>
        <translation>步骤 %1：在 %3 上%2</translation>
    </message>
    <message>
        <source>Execute it with my key</source>
        <translation>用我的密钥执行</translation>
    </message>
    <message>
        <source>Leave it alone</source>
        <translation>不予处理</translation>
    </message>
    <message>
        <source>This is production.</source>
        <translation>这是生产环境。</translation>
    </message>
    <message>
        <source>%1, requested by %2 at %3</source>
        <translation>%1，由 %2 于 %3 请求</translation>
    </message>
    <message>
        <source>Nothing is known of this digest.</source>
        <translation>没有关于此摘要的信息。</translation>
    </message>
    <message>
        <source>The log is being read…</source>
        <translation>正在读取日志…</translation>
    </message>
    <message>
        <source>Write slow logs</source>
        <translation>写慢查询日志</translation>
    </message>
    <message>
        <source>The metadata store does not answer.</source>
        <translation>元数据库没有应答。</translation>
    </message>
</context>
<context>
    <name>zandb::console::FailureNotices</name>
    <message>
        <source>%1 of %2</source>
        <translation>%2 的%1</translation>
    </message>
    <message>
        <source>%1 has failed</source>
        <translation>%1失败</translation>
    </message>
    <message>
        <source>and others: see Today</source>
        <translation>等：请参见“今日”</translation>
    </message>
    <message numerus="yes">
        <source>%n runs have failed</source>
        <translation>
            <numerusform>%n 个运行失败</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::GoToBox</name>
    <message>
        <source>Go to a page, host, instance, shard, task or action</source>
        <translation>转到页面、主机、实例、分片、任务或操作</translation>
    </message>
    <message>
        <source>No page, host, instance, shard, group, task or action is called “%1”.</source>
        <translation>没有名为“%1”的页面、主机、实例、分片、分组、任务或操作。</translation>
    </message>
</context>
<context>
    <name>zandb::console::RightsCheck</name>
    <message>
        <source>Rights on %1</source>
        <translation>%1 上的权限</translation>
    </message>
    <message numerus="yes">
        <source>Nothing is missing: all %n checks of the agent passed.</source>
        <translation>
            <numerusform>没有缺少任何权限：代理的全部 %n 项检查均已通过。</numerusform>
        </translation>
    </message>
    <message>
        <source>The agent lacks this, each with what gives it:</source>
        <translation>代理缺少以下权限，并附有授予方法：</translation>
    </message>
</context>
<context>
    <name>zandb::console::KillPolicyController</name>
    <message>
        <source>Kill policies</source>
        <translation>终止策略</translation>
    </message>
    <message>
        <source>Policies are for the whole fleet, a group or an instance: select one of these in the tree.</source>
        <translation>策略适用于全部实例、某个组或某个实例：请在树中选择其一。</translation>
    </message>
    <message>
        <source>Save policy %1</source>
        <translation>保存策略 %1</translation>
    </message>
    <message>
        <source>Remove policy %1</source>
        <translation>移除策略 %1</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Some agents were not told</source>
        <translation>部分代理未收到</translation>
    </message>
    <message>
        <source>The store has the policy. These agents get it as a dry run from the headless instance, until an administrator saves it again:</source>
        <translation>策略已存入元数据库。以下代理将从后台服务收到试运行形式的策略，直到管理员再次保存：</translation>
    </message>
</context>
<context>
    <name>zandb::console::MainWindow</name>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Go to anything…</source>
        <translation>快速跳转…</translation>
    </message>
    <message>
        <source>Copy this place</source>
        <translation>复制当前位置</translation>
    </message>
    <message>
        <source>Go to the place in the clipboard</source>
        <translation>转到剪贴板中的位置</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>刷新</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter hosts</source>
        <translation>筛选主机</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>page</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>转到(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Change the connection…</source>
        <translation>修改连接…</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>前往</translation>
    </message>
    <message>
        <source>Connection…</source>
        <translation>连接…</translation>
    </message>
    <message>
        <source>Explain this page</source>
        <translation>说明本页</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>键盘快捷键…</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>About ZanDB</source>
        <translation>关于 ZanDB</translation>
    </message>
    <message>
        <source>ZanDB %1, the console for fleets of MySQL and MariaDB servers.

Free software under the GNU General Public License, version 3 or later: you may use, change and pass it on under its terms. It comes without any warranty.

Qt %2</source>
        <translation>ZanDB %1，用于管理 MySQL 和 MariaDB 主机群的控制台。

本软件是自由软件，遵循 GNU 通用公共许可证第 3 版或更高版本：您可以按其条款使用、修改和分发。不提供任何担保。

Qt %2</translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>System</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Copied. Paste it to a colleague.</source>
        <translation>已复制，可粘贴给同事</translation>
    </message>
    <message>
        <source>The clipboard does not hold a place in this fleet</source>
        <translation>剪贴板中没有本主机群的位置</translation>
    </message>
    <message>
        <source>Go to a page, host, instance, task or action</source>
        <translation>转到页面、主机、实例、任务或操作</translation>
    </message>
    <message>
        <source>Close this tab</source>
        <translation>关闭此标签页</translation>
    </message>
    <message>
        <source>action of this page</source>
        <translation>本页操作</translation>
    </message>
    <message>
        <source>action</source>
        <translation>操作</translation>
    </message>
</context>
<context>
    <name>zandb::console::PageTabs</name>
    <message>
        <source>Close this tab</source>
        <translation>关闭此标签页</translation>
    </message>
</context>
<context>
    <name>zandb::console::RestoreController</name>
    <message>
        <source>Taken %1 by %2: %3, %4 stored in “%5”.</source>
        <translation>于 %1 由 %2 备份：%3，在“%5”中存储 %4。</translation>
    </message>
    <message>
        <source>Your key cannot be used</source>
        <translation>您的密钥无法使用</translation>
    </message>
    <message>
        <source>Passphrase — %1</source>
        <translation>口令 — %1</translation>
    </message>
    <message>
        <source>The key %1 is encrypted. Its passphrase:</source>
        <translation>密钥 %1 已加密。其口令：</translation>
    </message>
    <message>
        <source>Use the key</source>
        <translation>使用密钥</translation>
    </message>
    <message>
        <source>cannot read the repository “%1”</source>
        <translation>无法读取仓库“%1”</translation>
    </message>
    <message>
        <source>That is not the passphrase of %1. Try again:</source>
        <translation>这不是 %1 的口令。请再试一次：</translation>
    </message>
    <message>
        <source>Save it in the keychain</source>
        <translation>保存到钥匙串</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>The keychain could not save the passphrase: %1</source>
        <translation>钥匙串无法保存口令：%1</translation>
    </message>
    <message>
        <source>It was found bad: %1 Choose another backup unless you know why.</source>
        <translation>该备份被发现已损坏：%1 除非您清楚原因，否则请选择其他备份。</translation>
    </message>
</context>
<context>
    <name>zandb::console::SqlAnswers</name>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>没有回答</translation>
    </message>
    <message>
        <source>other columns</source>
        <translation>列不同</translation>
    </message>
    <message>
        <source>only here</source>
        <translation>仅此处有</translation>
    </message>
    <message>
        <source>missing here</source>
        <translation>此处缺少</translation>
    </message>
    <message numerus="yes">
        <source>All %n instance(s) answer the same.</source>
        <translation>
            <numerusform>全部 %n 个实例的回答相同。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2 answer like %3; %n instance(s) differ.</source>
        <translation>
            <numerusform>%2 个中有 %1 个的回答与 %3 相同；%n 个实例不同。</numerusform>
        </translation>
    </message>
    <message>
        <source>There are more rows than are read.</source>
        <translation>还有更多的行没有读取。</translation>
    </message>
</context>
<context>
    <name>zandb::console::SqlShelf</name>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 等另外 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::StandardsController</name>
    <message numerus="yes">
        <source>Repair differences on %n instance(s)</source>
        <translation>
            <numerusform>修复 %n 个实例上的差异</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Accept %n difference(s)</source>
        <translation>
            <numerusform>接受 %n 项差异</numerusform>
        </translation>
    </message>
    <message>
        <source>the whole fleet</source>
        <translation>整个机群</translation>
    </message>
    <message>
        <source>a place that is gone</source>
        <translation>已不存在的位置</translation>
    </message>
    <message>
        <source>Set the standard of %1</source>
        <translation>设置 %1 的标准</translation>
    </message>
    <message>
        <source>Remove from the standard — %1</source>
        <translation>从标准中删除 — %1</translation>
    </message>
    <message numerus="yes">
        <source>%n rule(s) are removed; farther rules and peers hold there instead:</source>
        <translation>
            <numerusform>将删除 %n 条规则；此后由较远的规则和同类决定：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Remove %n rule(s)</source>
        <translation>
            <numerusform>删除 %n 条规则</numerusform>
        </translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
</context>
<context>
    <name>zandb::console::StatusLine</name>
    <message>
        <source>store: connecting</source>
        <translation>元数据库：连接中</translation>
    </message>
    <message>
        <source>store ok, %1 ms</source>
        <translation>元数据库正常，%1 毫秒</translation>
    </message>
    <message>
        <source>agents %1/%2</source>
        <translation>代理 %1/%2</translation>
    </message>
    <message numerus="yes">
        <source>%n headless instance(s)</source>
        <translation>
            <numerusform>%n 个后台服务</numerusform>
        </translation>
    </message>
    <message>
        <source>no headless instance: schedules do not run</source>
        <translation>没有后台服务：计划任务不会执行</translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n 个运行中</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancel the run of %1</source>
        <translation>取消 %1 的运行</translation>
    </message>
    <message>
        <source>, %1 left</source>
        <translation>，剩余 %1</translation>
    </message>
    <message>
        <source>It has already ended.</source>
        <translation>已经结束。</translation>
    </message>
    <message>
        <source>store unreachable</source>
        <translation>元数据库断开</translation>
    </message>
    <message>
        <source>agents unknown</source>
        <translation>代理状态未知</translation>
    </message>
    <message>
        <source>headless: unknown</source>
        <translation>后台服务：未知</translation>
    </message>
    <message>
        <source>clock held: schedules do not run</source>
        <translation>时钟暂停：计划没有执行</translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s)</source>
        <translation>
            <numerusform>%n 条告警</numerusform>
        </translation>
    </message>
    <message>
        <source>Alerts that nobody has acknowledged: shown on Today.</source>
        <translation>尚无人确认的告警，见“今日”页面。</translation>
    </message>
    <message>
        <source>All of them are acknowledged.</source>
        <translation>全部已确认。</translation>
    </message>
</context>
<context>
    <name>zandb::console::StoreWatch</name>
    <message>
        <source>The metadata store</source>
        <translation>元数据库</translation>
    </message>
</context>
<context>
    <name>SessionText</name>
    <message>
        <source>row lock</source>
        <translation>行锁</translation>
    </message>
    <message>
        <source>metadata lock</source>
        <translation>元数据锁</translation>
    </message>
    <message>
        <source>global lock</source>
        <translation>全局锁</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>head of the chain: %1</source>
        <translation>阻塞链源头：%1</translation>
    </message>
    <message>
        <source>blocks %1</source>
        <translation>阻塞 %1 个</translation>
    </message>
    <message>
        <source>waits for %1</source>
        <translation>等待 %1</translation>
    </message>
    <message>
        <source>waits in a circle</source>
        <translation>循环等待</translation>
    </message>
    <message>
        <source>active</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>in transaction</source>
        <translation>事务中</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>waits for %1 (%2)</source>
        <translation>等待 %1（%2）</translation>
    </message>
    <message>
        <source>It belongs to replication and is not killed from here.</source>
        <translation>它属于复制，不能从这里终止。</translation>
    </message>
    <message>
        <source>It is the event scheduler and is not killed from here.</source>
        <translation>它是事件调度器，不能从这里终止。</translation>
    </message>
    <message>
        <source>It is one of the server&apos;s own and is not killed from here.</source>
        <translation>它是服务器自身的会话，不能从这里终止。</translation>
    </message>
    <message>
        <source>It is one of the agent&apos;s own and is not killed from here.</source>
        <translation>它是代理自身的会话，不能从这里终止。</translation>
    </message>
    <message>
        <source>It is not killed from here: %1</source>
        <translation>不能从这里终止它：%1</translation>
    </message>
    <message>
        <source>transactions</source>
        <translation>事务</translation>
    </message>
    <message>
        <source>row locks</source>
        <translation>行锁</translation>
    </message>
    <message>
        <source>metadata locks</source>
        <translation>元数据锁</translation>
    </message>
</context>
<context>
    <name>zandb::SessionTableModel</name>
    <message>
        <source>Does</source>
        <translation>状况</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Blocked by</source>
        <translation>被谁阻塞</translation>
    </message>
    <message>
        <source>Transaction</source>
        <translation>事务</translation>
    </message>
    <message>
        <source>Rows changed</source>
        <translation>修改行数</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
</context>
<context>
    <name>zandb::SessionsPage</name>
    <message>
        <source>Process list</source>
        <translation>进程列表</translation>
    </message>
    <message>
        <source>&lt;p&gt;What the sessions of the selected instances do now, read through their agents every few seconds while this page is on the screen. Sessions that wait for a lock stand below the one they wait for; the first of a chain is the one to look at. &lt;b&gt;Blocked by&lt;/b&gt; says which lock it is: of a row, of a table&apos;s definition (metadata), or of the whole server.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Kill the statement&lt;/b&gt; ends what a session runs; &lt;b&gt;Kill the connection&lt;/b&gt; also rolls its transaction back. The agent looks again right before: when the session runs another statement by then, nothing is killed. Replication, the event scheduler and the server&apos;s own threads are never killed from here. Each kill is noted in the audit.&lt;/p&gt;&lt;p&gt;Statements are shown without their literals. The same list comes from &lt;code&gt;zandbctl processlist&lt;/code&gt;.&lt;/p&gt;</source>
        <translation>&lt;p&gt;所选实例的会话此刻在做什么；本页显示在屏幕上时，每隔几秒通过各实例的代理读取一次。等待锁的会话排在它所等待的会话之下，应当先看链中的第一个。&lt;b&gt;被谁阻塞&lt;/b&gt;说明是哪种锁：行锁、表定义的锁（元数据锁），还是整个服务器的锁。&lt;/p&gt;&lt;p&gt;&lt;b&gt;终止语句&lt;/b&gt;结束会话正在执行的语句；&lt;b&gt;终止连接&lt;/b&gt;还会回滚其事务。代理会在终止前再核对一次：如果会话那时已在执行别的语句，就什么也不终止。复制、事件调度器和服务器自身的线程不能从这里终止。每次终止都记入审计。&lt;/p&gt;&lt;p&gt;显示的语句不含字面值。同样的列表可由 &lt;code&gt;zandbctl processlist&lt;/code&gt; 得到。&lt;/p&gt;</translation>
    </message>
</context>
<context>
    <name>zandb::SessionsView</name>
    <message>
        <source>blocking</source>
        <translation>阻塞他人</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>active</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Idle too</source>
        <translation>含空闲</translation>
    </message>
    <message>
        <source>Also shows sessions that do nothing and block nobody</source>
        <translation>同时显示空闲且不阻塞他人的会话</translation>
    </message>
    <message>
        <source>Longer than</source>
        <translation>时长超过</translation>
    </message>
    <message>
        <source>Sessions that block others or wait for one are always shown</source>
        <translation>阻塞他人或正在等待的会话总是显示</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Show the whole statement</source>
        <translation>显示完整语句</translation>
    </message>
    <message>
        <source>With its literals; who looked is noted in the audit</source>
        <translation>包含字面值；查看者会记入审计</translation>
    </message>
    <message>
        <source>No session does anything now</source>
        <translation>现在没有活动的会话</translation>
    </message>
    <message>
        <source>Sessions that do nothing are shown with &quot;Idle too&quot;.</source>
        <translation>空闲的会话可用“含空闲”显示。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message numerus="yes">
        <source>%n more instance(s) cannot be read.</source>
        <translation>
            <numerusform>另有 %n 个实例无法读取。</numerusform>
        </translation>
    </message>
    <message>
        <source>Not permitted or not kept by the server: %1</source>
        <translation>没有权限或服务器不保存：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s) had no room in the lists.</source>
        <translation>
            <numerusform>有 %n 个会话因列表已满未显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s)</source>
        <translation>
            <numerusform>%n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%2，%1</translation>
    </message>
    <message numerus="yes">
        <source>%n session(s)</source>
        <translation>
            <numerusform>%n 个会话</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Read every %n second(s) while this list is on the screen</source>
        <translation>
            <numerusform>列表显示在屏幕上时每 %n 秒读取一次</numerusform>
        </translation>
    </message>
    <message>
        <source>All users</source>
        <translation>所有用户</translation>
    </message>
    <message>
        <source>Select a session to see its details and to kill it.</source>
        <translation>选择一个会话以查看详情或终止它。</translation>
    </message>
    <message>
        <source>It runs no statement now.</source>
        <translation>它现在没有执行语句。</translation>
    </message>
    <message numerus="yes">
        <source>Kill %n statement(s)</source>
        <translation>
            <numerusform>终止 %n 条语句</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n connection(s)</source>
        <translation>
            <numerusform>终止 %n 个连接</numerusform>
        </translation>
    </message>
    <message>
        <source>Kill the statement</source>
        <translation>终止语句</translation>
    </message>
    <message>
        <source>Kill the connection</source>
        <translation>终止连接</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Transaction</source>
        <translation>事务</translation>
    </message>
    <message>
        <source>open for %1</source>
        <translation>已打开 %1</translation>
    </message>
    <message>
        <source>Rows changed</source>
        <translation>修改行数</translation>
    </message>
    <message>
        <source>Waiting for it</source>
        <translation>等待它的</translation>
    </message>
    <message>
        <source>Killed</source>
        <translation>终止</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
    <message>
        <source>Blocked by</source>
        <translation>被谁阻塞</translation>
    </message>
    <message>
        <source>Head of the chain</source>
        <translation>阻塞链源头</translation>
    </message>
</context>
<context>
    <name>zandb::console::SessionsController</name>
    <message>
        <source>no answer, read %1</source>
        <translation>没有应答，读取于 %1</translation>
    </message>
    <message>
        <source>Not shown</source>
        <translation>未显示</translation>
    </message>
    <message>
        <source>Kill connections — %1</source>
        <translation>终止连接 — %1</translation>
    </message>
    <message>
        <source>Kill statements — %1</source>
        <translation>终止语句 — %1</translation>
    </message>
    <message>
        <source>%1, connection %2 of %3@%4</source>
        <translation>%1，%3@%4 的连接 %2</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n changed row(s) of open transactions are rolled back.</source>
        <translation>
            <numerusform>未提交事务修改的 %n 行将被回滚。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>No more than %n at once.</source>
        <translation>
            <numerusform>一次最多 %n 个。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n connection(s) end(s):</source>
        <translation>
            <numerusform>将结束 %n 个连接：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s) end(s):</source>
        <translation>
            <numerusform>将结束 %n 条语句：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n connection(s)</source>
        <translation>
            <numerusform>终止 %n 个连接</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Kill %n statement(s)</source>
        <translation>
            <numerusform>终止 %n 条语句</numerusform>
        </translation>
    </message>
    <message>
        <source>Kill the connection</source>
        <translation>终止连接</translation>
    </message>
    <message>
        <source>Kill the statement</source>
        <translation>终止语句</translation>
    </message>
    <message>
        <source>This is production.</source>
        <translation>这是生产环境。</translation>
    </message>
    <message>
        <source>Not killed</source>
        <translation>未终止</translation>
    </message>
    <message numerus="yes">
        <source>Killed %n connection(s)</source>
        <translation>
            <numerusform>已终止 %n 个连接</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Killed %n statement(s)</source>
        <translation>
            <numerusform>已终止 %n 条语句</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MessageText</name>
    <message>
        <source>This is a test</source>
        <translation>这是一条测试消息</translation>
    </message>
    <message>
        <source>Ended: %1</source>
        <translation>已恢复：%1</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>%1 and %2 more</source>
        <translation>%1 等，另有 %2 个</translation>
    </message>
    <message>
        <source>… and more of other kinds: %1</source>
        <translation>……另有其他种类：%1</translation>
    </message>
    <message>
        <source>%1 alerts have ended</source>
        <translation>%1 条告警已恢复</translation>
    </message>
    <message>
        <source>%1 alerts</source>
        <translation>%1 条告警</translation>
    </message>
    <message>
        <source>%1 alerts, %2 ended</source>
        <translation>%1 条告警，%2 条已恢复</translation>
    </message>
    <message>
        <source> (critical: %1)</source>
        <translation>（严重：%1）</translation>
    </message>
</context>
<context>
    <name>ExplainText</name>
    <message>
        <source>index %1</source>
        <translation>索引 %1</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1 行</translation>
    </message>
    <message>
        <source>%1 given on</source>
        <translation>传出 %1 行</translation>
    </message>
    <message>
        <source>filtered %1</source>
        <translation>过滤后 %1</translation>
    </message>
    <message>
        <source>cost %1</source>
        <translation>代价 %1</translation>
    </message>
    <message>
        <source>where %1</source>
        <translation>条件 %1</translation>
    </message>
    <message>
        <source>full scan of many rows</source>
        <translation>全表扫描大量行</translation>
    </message>
    <message>
        <source>scan of a whole large index</source>
        <translation>扫描整个大索引</translation>
    </message>
    <message>
        <source>sorts rows</source>
        <translation>对行排序</translation>
    </message>
    <message>
        <source>temporary table</source>
        <translation>临时表</translation>
    </message>
    <message>
        <source>most of the cost</source>
        <translation>占大部分代价</translation>
    </message>
    <message>
        <source>join over very many pairs of rows</source>
        <translation>连接的行对非常多</translation>
    </message>
    <message>
        <source>full scan</source>
        <translation>全表扫描</translation>
    </message>
    <message>
        <source>scan of a whole index</source>
        <translation>扫描整个索引</translation>
    </message>
    <message>
        <source>range of an index</source>
        <translation>索引范围</translation>
    </message>
    <message>
        <source>lookup in an index</source>
        <translation>索引查找</translation>
    </message>
    <message>
        <source>lookup of one row</source>
        <translation>查找一行</translation>
    </message>
    <message>
        <source>one row, read while planning</source>
        <translation>一行，在制定计划时读取</translation>
    </message>
    <message>
        <source>table %1</source>
        <translation>表 %1</translation>
    </message>
    <message>
        <source>sort</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>sort by %1</source>
        <translation>按 %1 排序</translation>
    </message>
    <message>
        <source>result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>nested loop</source>
        <translation>嵌套循环</translation>
    </message>
    <message>
        <source>grouping</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>distinct rows</source>
        <translation>去重</translation>
    </message>
    <message>
        <source>window functions</source>
        <translation>窗口函数</translation>
    </message>
    <message>
        <source>materialized subquery</source>
        <translation>物化子查询</translation>
    </message>
    <message>
        <source>subqueries</source>
        <translation>子查询</translation>
    </message>
    <message>
        <source>union</source>
        <translation>并集</translation>
    </message>
    <message>
        <source>The statement without its locking clause.</source>
        <translation>去掉加锁子句后的语句。</translation>
    </message>
    <message>
        <source>The SELECT that finds the rows of this UPDATE; what changing them costs is not in the plan.</source>
        <translation>查找此 UPDATE 所涉行的 SELECT；修改这些行的代价不在计划中。</translation>
    </message>
    <message>
        <source>The SELECT that finds the rows of this DELETE; what removing them costs is not in the plan.</source>
        <translation>查找此 DELETE 所涉行的 SELECT；删除这些行的代价不在计划中。</translation>
    </message>
    <message>
        <source>The SELECT whose rows are inserted; what writing them costs is not in the plan.</source>
        <translation>其结果行被插入的 SELECT；写入这些行的代价不在计划中。</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>system table</source>
        <translation>系统表</translation>
    </message>
    <message>
        <source>not found, or not to be seen</source>
        <translation>未找到，或无权查看</translation>
    </message>
    <message>
        <source>cost of all: %1</source>
        <translation>总代价：%1</translation>
    </message>
    <message>
        <source>%1 data</source>
        <translation>数据 %1</translation>
    </message>
    <message>
        <source>%1 indexes</source>
        <translation>索引 %1</translation>
    </message>
    <message>
        <source>unique</source>
        <translation>唯一</translation>
    </message>
    <message>
        <source>not used by plans</source>
        <translation>计划不使用</translation>
    </message>
    <message>
        <source>%1 values</source>
        <translation>%1 个值</translation>
    </message>
    <message>
        <source>used by %1</source>
        <translation>%1 使用</translation>
    </message>
    <message>
        <source>%1 more indexes</source>
        <translation>另有 %1 个索引</translation>
    </message>
    <message>
        <source>%1 more tables were not looked at</source>
        <translation>另有 %1 个表未查看</translation>
    </message>
    <message>
        <source>Plan on %1 (%2), %3; all figures are the server&apos;s estimates</source>
        <translation>%1（%2）上的执行计划，%3；所有数字均为服务器的估计</translation>
    </message>
    <message>
        <source>The tree is too large to be sent.</source>
        <translation>计划树太大，无法传送。</translation>
    </message>
    <message>
        <source>The server gave no tree: %1</source>
        <translation>服务器未给出计划树：%1</translation>
    </message>
</context>
<context>
    <name>zandb::ExplainIndexModel</name>
    <message>
        <source>used by %1</source>
        <translation>%1 使用</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>invisible or ignored: plans do not use it</source>
        <translation>不可见或被忽略：计划不使用它</translation>
    </message>
    <message>
        <source>unique</source>
        <translation>唯一</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>All indexes</source>
        <translation>全部索引</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>索引</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Unique</source>
        <translation>唯一性</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>不同值数</translation>
    </message>
    <message>
        <source>In this plan</source>
        <translation>在此计划中</translation>
    </message>
</context>
<context>
    <name>zandb::PlanTreeModel</name>
    <message>
        <source>where %1</source>
        <translation>条件 %1</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>可选：%1</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Costly</source>
        <translation>代价高</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>访问方式</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>索引</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Given on</source>
        <translation>传出</translation>
    </message>
    <message>
        <source>Filtered</source>
        <translation>过滤后</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>代价</translation>
    </message>
</context>
<context>
    <name>zandb::PlanView</name>
    <message>
        <source>The plan is being read…</source>
        <translation>正在读取执行计划…</translation>
    </message>
    <message>
        <source>The newest example is read from its log and explained there; it is not run. Both are noted in the audit.</source>
        <translation>从日志中读取最新的示例并在该处解释；不会执行它。两者都会记入审计。</translation>
    </message>
    <message>
        <source>No example is kept, so there is nothing to explain.</source>
        <translation>没有保留示例，因此没有可解释的语句。</translation>
    </message>
    <message>
        <source>Plan on %1 (%2); all figures are estimates.</source>
        <translation>%1（%2）上的执行计划；所有数字均为估计。</translation>
    </message>
    <message>
        <source>The tree is too large to be sent.</source>
        <translation>计划树太大，无法传送。</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>解释</translation>
    </message>
    <message>
        <source>Copy plan</source>
        <translation>复制计划</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>执行计划</translation>
    </message>
    <message>
        <source>Tables and indexes</source>
        <translation>表和索引</translation>
    </message>
    <message>
        <source>EXPLAIN as a table</source>
        <translation>EXPLAIN 表格形式</translation>
    </message>
    <message>
        <source>No plan yet</source>
        <translation>还没有执行计划</translation>
    </message>
    <message>
        <source>Explain asks a server how it would run the statement.</source>
        <translation>“解释”会询问服务器将如何执行该语句。</translation>
    </message>
    <message>
        <source>The tables of the statement and their indexes are listed here.</source>
        <translation>此处列出该语句涉及的表及其索引。</translation>
    </message>
</context>
<context>
    <name>FindingText</name>
    <message>
        <source>%1: a statement is slower than usual</source>
        <translation>%1：某语句比平常慢</translation>
    </message>
    <message>
        <source>%1: a statement is sent much more often than usual</source>
        <translation>%1：某语句的执行次数远多于平常</translation>
    </message>
    <message>
        <source>%1: a new slow statement</source>
        <translation>%1：新的慢语句</translation>
    </message>
    <message>
        <source>p95 %1, usually %2, %3 more a minute</source>
        <translation>p95 为 %1，平常 %2，每分钟多耗 %3</translation>
    </message>
    <message>
        <source>%1 calls in five minutes, usually %2, %3 more a minute</source>
        <translation>五分钟内 %1 次，平常 %2 次，每分钟多耗 %3</translation>
    </message>
    <message>
        <source>%1 calls, %2 when it came</source>
        <translation>出现时 %1 次，共 %2</translation>
    </message>
</context>
<context>
    <name>zandb::console::BackupsController</name>
    <message numerus="yes">
        <source>%1: %n new slow statement(s)</source>
        <translation>
            <numerusform>%1：%n 条新的慢语句</numerusform>
        </translation>
    </message>
    <message>
        <source>The Slow queries page lists them.</source>
        <translation>“慢查询”页列出了它们。</translation>
    </message>
</context>
<context>
    <name>SnapshotText</name>
    <message>
        <source>(system tablespaces)</source>
        <translation>（系统表空间）</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>Plugin</source>
        <translation>插件</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Directory</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>变更</translation>
    </message>
    <message>
        <source>others</source>
        <translation>其他</translation>
    </message>
</context>
<context>
    <name>zandb::GrowthModel</name>
    <message>
        <source>(all of it)</source>
        <translation>（全部）</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Rows&apos; data</source>
        <translation>行数据</translation>
    </message>
    <message>
        <source>Indexes</source>
        <translation>索引</translation>
    </message>
    <message>
        <source>Rows (est.)</source>
        <translation>行数（估计）</translation>
    </message>
    <message>
        <source>Growth a day</source>
        <translation>每天增长</translation>
    </message>
</context>
<context>
    <name>zandb::SnapshotDiffModel</name>
    <message>
        <source>What</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Growth</source>
        <translation>增长</translation>
    </message>
</context>
<context>
    <name>zandb::GrowthView</name>
    <message>
        <source>%1 to %2 (%3%4), %5 to %6 tables</source>
        <translation>%1 到 %2（%3%4），%5 到 %6 张表</translation>
    </message>
    <message>
        <source>Accounts are not compared: the agent may not read them.</source>
        <translation>未比较账户：代理无权读取。</translation>
    </message>
    <message>
        <source>There is no snapshot yet. A task takes one each day: zandbctl task add sizes --kind snapshot --all --every day --at 03:30</source>
        <translation>还没有快照。可用任务每天生成一次：zandbctl task add sizes --kind snapshot --all --every day --at 03:30</translation>
    </message>
    <message>
        <source>%1 in %2 tables of %3 schemas</source>
        <translation>%1，%3 个库的 %2 张表</translation>
    </message>
    <message>
        <source>snapshot of %1</source>
        <translation>快照时间 %1</translation>
    </message>
    <message>
        <source>data directory %1</source>
        <translation>数据目录 %1</translation>
    </message>
    <message>
        <source>logs %1</source>
        <translation>日志 %1</translation>
    </message>
    <message>
        <source>binlogs %1</source>
        <translation>binlog %1</translation>
    </message>
    <message>
        <source>temporary files %1</source>
        <translation>临时文件 %1</translation>
    </message>
    <message>
        <source>%1 slow and %2 killed statements that day</source>
        <translation>当天 %1 条慢语句，%2 条被终止</translation>
    </message>
    <message>
        <source>not all could be read</source>
        <translation>未能全部读取</translation>
    </message>
    <message>
        <source>Schemas and largest tables</source>
        <translation>库与最大的表</translation>
    </message>
    <message>
        <source>Two days compared</source>
        <translation>两天比较</translation>
    </message>
    <message>
        <source>Day to begin with</source>
        <translation>起始日</translation>
    </message>
    <message>
        <source>Day to compare with</source>
        <translation>对比日</translation>
    </message>
    <message>
        <source>Size by schema</source>
        <translation>各库大小</translation>
    </message>
    <message>
        <source>No snapshot yet</source>
        <translation>还没有快照</translation>
    </message>
    <message>
        <source>A task of the kind snapshot takes one each day; zandbctl instance snapshot takes one now.</source>
        <translation>snapshot 类任务每天生成一次；zandbctl instance snapshot 立即生成一次。</translation>
    </message>
    <message>
        <source>Nothing to compare</source>
        <translation>没有可比较的内容</translation>
    </message>
    <message>
        <source>The two days are alike, or there is only one.</source>
        <translation>两天相同，或只有一天。</translation>
    </message>
</context>
<context>
    <name>zandb::EditorPane</name>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>替换为</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>全部替换</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message numerus="yes">
        <source>%n replaced</source>
        <translation>
            <numerusform>已替换 %n 处</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::SqlEditor</name>
    <message>
        <source>Not run: %1</source>
        <translation>不执行：%1</translation>
    </message>
    <message>
        <source>Denied: %1</source>
        <translation>拒绝：%1</translation>
    </message>
    <message>
        <source>Allowed after a confirmation: %1</source>
        <translation>确认后允许：%1</translation>
    </message>
    <message>
        <source>Allowed: %1</source>
        <translation>允许：%1</translation>
    </message>
</context>
<context>
    <name>zandb::SqlGridModel</name>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Statement</source>
        <translation>语句</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>修改</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Wave</source>
        <translation>批次</translation>
    </message>
</context>
<context>
    <name>zandb::SqlPage</name>
    <message>
        <source>Close this tab</source>
        <translation>关闭此标签页</translation>
    </message>
    <message>
        <source>SQL</source>
        <translation>SQL</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>执行</translation>
    </message>
    <message>
        <source>What is selected, or the statement at the cursor (Ctrl+Enter)</source>
        <translation>所选内容，或光标处的语句（Ctrl+Enter）</translation>
    </message>
    <message>
        <source>Run all</source>
        <translation>全部执行</translation>
    </message>
    <message>
        <source>The whole script (Ctrl+Shift+Enter, F9)</source>
        <translation>整个脚本（Ctrl+Shift+Enter，F9）</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>On 1 first, then waves of</source>
        <translation>先在 1 个上，然后每批</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Script %1</source>
        <translation>脚本 %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n target(s)</source>
        <translation>
            <numerusform>%1 · %n 个目标</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: no targets chosen</source>
        <translation>%1：未选择目标</translation>
    </message>
    <message numerus="yes">
        <source>%1: %n target(s): %2</source>
        <translation>
            <numerusform>%1：%n 个目标：%2</numerusform>
        </translation>
    </message>
    <message>
        <source>Close the script — %1</source>
        <translation>关闭脚本 — %1</translation>
    </message>
    <message>
        <source>What it holds is not kept.</source>
        <translation>其内容不会保留。</translation>
    </message>
    <message>
        <source>Close the script</source>
        <translation>关闭脚本</translation>
    </message>
    <message>
        <source>Choose the instances first.</source>
        <translation>请先选择实例。</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
    <message>
        <source>Line %1 is not run: %2</source>
        <translation>第 %1 行不执行：%2</translation>
    </message>
    <message>
        <source>There is no statement here.</source>
        <translation>这里没有语句。</translation>
    </message>
    <message>
        <source>A script runs already.</source>
        <translation>已有脚本在执行。</translation>
    </message>
    <message>
        <source>&lt;p&gt;SQL for one or many instances. The margin says what the guard lets through: point at a mark to read why. The agents judge again with the same rule.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Ctrl+Enter&lt;/b&gt; runs what is selected, or the statement at the cursor; &lt;b&gt;Ctrl+Shift+Enter&lt;/b&gt; or F9 runs all. A script runs on the first instance alone, then on so many at a time; &lt;b&gt;Rules…&lt;/b&gt; says who is first, how long it pauses and what stops it. What changes something is asked about first, and on production its name is typed. It goes on in the History when this window has ended meanwhile.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Ctrl+/&lt;/b&gt; comments lines, &lt;b&gt;Ctrl+F&lt;/b&gt; finds, &lt;b&gt;Ctrl+H&lt;/b&gt; replaces. &lt;code&gt;sel&lt;/code&gt;, &lt;code&gt;upd&lt;/code&gt;, &lt;code&gt;sv&lt;/code&gt; and Tab make a statement. What the editors hold is kept, also when the program ends at once.&lt;/p&gt;&lt;p&gt;The same is done by &lt;code&gt;zandbctl sql run&lt;/code&gt;.&lt;/p&gt;</source>
        <translation>&lt;p&gt;对一个或多个实例执行 SQL。左侧标记说明守卫允许什么：指向标记可查看原因。代理会用同样的规则再判断一次。&lt;/p&gt;&lt;p&gt;&lt;b&gt;Ctrl+Enter&lt;/b&gt; 执行所选内容或光标处的语句；&lt;b&gt;Ctrl+Shift+Enter&lt;/b&gt; 或 F9 执行全部。脚本先只在第一个实例上执行，然后每批若干个；&lt;b&gt;规则…&lt;/b&gt; 决定谁先执行、批次之间间隔多久、什么情况下停止。修改之前会先询问，生产环境要输入名称。窗口中途关闭后，可在“历史”中继续。&lt;/p&gt;&lt;p&gt;&lt;b&gt;Ctrl+/&lt;/b&gt; 注释行，&lt;b&gt;Ctrl+F&lt;/b&gt; 查找，&lt;b&gt;Ctrl+H&lt;/b&gt; 替换。输入 &lt;code&gt;sel&lt;/code&gt;、&lt;code&gt;upd&lt;/code&gt;、&lt;code&gt;sv&lt;/code&gt; 再按 Tab 生成语句。编辑器的内容会被保留，即使程序突然结束。&lt;/p&gt;&lt;p&gt;同样的操作可由 &lt;code&gt;zandbctl sql run&lt;/code&gt; 完成。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Rules…</source>
        <translation>规则…</translation>
    </message>
    <message>
        <source>No further instance begins, and statements that run are killed</source>
        <translation>不再开始新的实例，正在执行的语句会被终止</translation>
    </message>
    <message>
        <source>Retry failed</source>
        <translation>重试失败的</translation>
    </message>
    <message>
        <source>In waves of</source>
        <translation>每批实例数</translation>
    </message>
    <message>
        <source>The first failure stops it.</source>
        <translation>第一次失败即停止。</translation>
    </message>
    <message>
        <source>More than %1 % failures stop it.</source>
        <translation>失败超过 %1 % 时停止。</translation>
    </message>
    <message numerus="yes">
        <source>%n second(s) between waves.</source>
        <translation>
            <numerusform>批次之间间隔 %n 秒。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A lag beyond %n second(s) stops it.</source>
        <translation>
            <numerusform>延迟超过 %n 秒时停止。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>More than %n running statement(s) on an instance stop it.</source>
        <translation>
            <numerusform>某个实例上正在执行的语句超过 %n 条时停止。</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing of the last script failed.</source>
        <translation>上一个脚本没有失败的部分。</translation>
    </message>
    <message>
        <source>Runs the last script again where it failed, from its first statement; what is unknown is never repeated</source>
        <translation>在失败的实例上从第一条语句起重新执行上一个脚本；结果未知的绝不重复</translation>
    </message>
</context>
<context>
    <name>zandb::SqlResultModel</name>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
</context>
<context>
    <name>zandb::TargetDialog</name>
    <message>
        <source>Targets — %1</source>
        <translation>目标 — %1</translation>
    </message>
    <message>
        <source>Pattern of names, e.g. db*/my33*</source>
        <translation>名称模式，例如 db*/my33*</translation>
    </message>
    <message>
        <source>Or paste a list: HOST or HOST/INSTANCE, one a line</source>
        <translation>或粘贴列表：每行一个“主机”或“主机/实例”</translation>
    </message>
    <message>
        <source>Tick what is shown</source>
        <translation>勾选所显示的</translation>
    </message>
    <message>
        <source>Untick all</source>
        <translation>全部取消</translation>
    </message>
    <message>
        <source>Tick the list</source>
        <translation>勾选列表</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>The fleet does not have: %1</source>
        <translation>主机群中没有：%1</translation>
    </message>
    <message numerus="yes">
        <source>Use %n instance(s)</source>
        <translation>
            <numerusform>使用 %n 个实例</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::console::SqlController</name>
    <message>
        <source>Stopping: statements that run are killed.</source>
        <translation>正在停止：正在执行的语句将被终止。</translation>
    </message>
    <message>
        <source>Run SQL — %1</source>
        <translation>执行 SQL — %1</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s):</source>
        <translation>
            <numerusform>%n 条语句：</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>On %n instance(s): %1</source>
        <translation>
            <numerusform>在 %n 个实例上：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>Run %1 on %2</source>
        <translation>在 %2 上执行 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n statement(s)</source>
        <translation>
            <numerusform>%n 条语句</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n instance(s)</source>
        <translation>
            <numerusform>%n 个实例</numerusform>
        </translation>
    </message>
    <message>
        <source>The rule wants this confirmed by typing the name.</source>
        <translation>规则要求输入名称以确认。</translation>
    </message>
    <message>
        <source>This is production.</source>
        <translation>这是生产环境。</translation>
    </message>
    <message>
        <source>%1 of %2 done · %3 failed · %4</source>
        <translation>已完成 %1/%2 · 失败 %3 · %4</translation>
    </message>
    <message>
        <source>Previewed on %1 of %2</source>
        <translation>已预览 %1 / %2</translation>
    </message>
    <message>
        <source>Previewed on %1 of %2; it would not run on %3</source>
        <translation>已预览 %1 / %2；其中 %3 个不会执行</translation>
    </message>
    <message>
        <source>Remove a saved script — %1</source>
        <translation>移除保存的脚本 — %1</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is removed for everybody.</source>
        <translation>将为所有人移除“%1”。</translation>
    </message>
    <message>
        <source>Remove the script</source>
        <translation>移除脚本</translation>
    </message>
    <message>
        <source>Saved as &quot;%1&quot;, for everybody.</source>
        <translation>已保存为“%1”，所有人可用。</translation>
    </message>
    <message>
        <source>Replace a saved script — %1</source>
        <translation>替换保存的脚本 — %1</translation>
    </message>
    <message>
        <source>There is a script &quot;%1&quot;, last changed by %2.</source>
        <translation>已有脚本“%1”，最后由 %2 修改。</translation>
    </message>
    <message>
        <source>Replace the script</source>
        <translation>替换脚本</translation>
    </message>
    <message numerus="yes">
        <source>A script of %1 with %n statement(s) is too long: at most 3 MiB and 10,000 statements run at once. Select a part of it, or use several.</source>
        <translation>
            <numerusform>脚本太长（%1，%n 条语句）：一次最多执行 3 MiB、10,000 条语句。请选择其中一部分，或分成几个。</numerusform>
        </translation>
    </message>
    <message>
        <source>The plan of %1:</source>
        <translation>%1 的计划：</translation>
    </message>
    <message>
        <source>Its program is %1; if it still runs, it stops leading the plan.</source>
        <translation>其程序是 %1；如果它仍在运行，将不再主导此计划。</translation>
    </message>
    <message>
        <source>Go on with a script — %1</source>
        <translation>继续执行脚本 — %1</translation>
    </message>
    <message>
        <source>Run it again where it failed</source>
        <translation>在失败处重新执行</translation>
    </message>
    <message>
        <source>Go on under my key</source>
        <translation>用我的密钥继续</translation>
    </message>
    <message>
        <source>wave %1 of %2</source>
        <translation>第 %1 批，共 %2 批</translation>
    </message>
</context>
<context>
    <name>zandb::SqlHistoryModel</name>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>执行者</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>库</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>脚本</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>cancelling</source>
        <translation>正在取消</translation>
    </message>
    <message>
        <source>%1 of %2, %3 failed</source>
        <translation>%1 / %2，%3 个失败</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>AlertListText</name>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>info</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>%1 and above</source>
        <translation>%1及以上</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
</context>
<context>
    <name>TaskText</name>
    <message>
        <source>the last day</source>
        <translation>最后一天</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>every %1</source>
        <translation>每 %1</translation>
    </message>
    <message>
        <source>daily at %1</source>
        <translation>每天 %1</translation>
    </message>
    <message>
        <source>once, at %1</source>
        <translation>一次，%1</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1 的 %2</translation>
    </message>
    <message>
        <source>monthly on %1 at %2</source>
        <translation>每月 %1 日 %2</translation>
    </message>
    <message>
        <source>whole fleet</source>
        <translation>全部主机</translation>
    </message>
    <message>
        <source>primaries</source>
        <translation>主库</translation>
    </message>
    <message>
        <source>replicas</source>
        <translation>从库</translation>
    </message>
    <message>
        <source>replicas with the least lag</source>
        <translation>延迟最小的从库</translation>
    </message>
    <message>
        <source>labelled %1</source>
        <translation>带标签 %1</translation>
    </message>
    <message>
        <source>named %1</source>
        <translation>名称为 %1</translation>
    </message>
    <message>
        <source>core</source>
        <translation>核心</translation>
    </message>
    <message>
        <source>not core</source>
        <translation>非核心</translation>
    </message>
    <message>
        <source>but not %1</source>
        <translation>不含 %1</translation>
    </message>
    <message>
        <source>; </source>
        <translation>；</translation>
    </message>
    <message>
        <source>not named</source>
        <translation>未指定</translation>
    </message>
    <message>
        <source>left out by name</source>
        <translation>按名称排除</translation>
    </message>
    <message>
        <source>lacks a label</source>
        <translation>缺少标签</translation>
    </message>
    <message>
        <source>other server</source>
        <translation>其他服务器类型</translation>
    </message>
    <message>
        <source>other role</source>
        <translation>其他角色</translation>
    </message>
    <message>
        <source>other name</source>
        <translation>名称不符</translation>
    </message>
    <message>
        <source>by the core mark</source>
        <translation>按核心标记</translation>
    </message>
    <message>
        <source>another of its replication set is read</source>
        <translation>改读同一复制组中的另一个实例</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Every</source>
        <translation>每隔</translation>
    </message>
    <message>
        <source>At</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>On</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>Seconds between</source>
        <translation>间隔秒数</translation>
    </message>
    <message>
        <source>Whole fleet</source>
        <translation>全部主机</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Instances</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>But not</source>
        <translation>不含</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Backups to keep</source>
        <translation>保留的备份数</translation>
    </message>
    <message>
        <source>Made up for</source>
        <translation>补做</translation>
    </message>
    <message>
        <source>While it still runs</source>
        <translation>上一次仍在运行时</translation>
    </message>
    <message>
        <source>Window from</source>
        <translation>窗口开始</translation>
    </message>
    <message>
        <source>Window until</source>
        <translation>窗口结束</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>At once on a host</source>
        <translation>每台主机同时</translation>
    </message>
    <message>
        <source>At once of the task</source>
        <translation>本任务同时</translation>
    </message>
    <message>
        <source>At once in a repository</source>
        <translation>每个仓库同时</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>仓库</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s)</source>
        <translation>
            <numerusform>%n 小时</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s)</source>
        <translation>
            <numerusform>%n 分钟</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>zandb::AddHostDialog</name>
    <message>
        <source>Add a host — %1</source>
        <translation>添加主机 — %1</translation>
    </message>
    <message>
        <source>as the name, where left empty</source>
        <translation>留空则与名称相同</translation>
    </message>
    <message>
        <source>none; or e.g. production/shop</source>
        <translation>无；或例如 production/shop</translation>
    </message>
    <message>
        <source>e.g. pci, tier=1</source>
        <translation>例如 pci, tier=1</translation>
    </message>
    <message>
        <source>I have compared it with the host's own (ssh-keygen -lf there)</source>
        <translation>我已与该主机上的密钥核对（在该主机上运行 ssh-keygen -lf）</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation>SSH 端口</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>登录名</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Key it shows</source>
        <translation>它出示的密钥</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Add the host</source>
        <translation>添加主机</translation>
    </message>
    <message>
        <source>asking…</source>
        <translation>正在询问…</translation>
    </message>
    <message>
        <source>Asking the agent with your key…</source>
        <translation>正在用您的密钥询问代理…</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>A name has no blanks and slashes.</source>
        <translation>名称不能含空格和斜杠。</translation>
    </message>
    <message>
        <source>There is a host of this name already.</source>
        <translation>已有同名主机。</translation>
    </message>
    <message>
        <source>The address is a host name or an IP address.</source>
        <translation>地址应为主机名或 IP 地址。</translation>
    </message>
    <message>
        <source>The login is not one.</source>
        <translation>登录名无效。</translation>
    </message>
    <message>
        <source>A group is a path of names, such as production/shop.</source>
        <translation>分组是由名称组成的路径，例如 production/shop。</translation>
    </message>
    <message>
        <source>Labels have no blanks; commas stand between them.</source>
        <translation>标签不含空格，彼此以逗号分隔。</translation>
    </message>
    <message>
        <source>Compare the fingerprint first.</source>
        <translation>请先核对指纹。</translation>
    </message>
    <message>
        <source>Ask the agent again</source>
        <translation>再次询问代理</translation>
    </message>
    <message>
        <source>Ask the agent</source>
        <translation>询问代理</translation>
    </message>
    <message>
        <source>Ask for its key</source>
        <translation>询问其密钥</translation>
    </message>
    <message>
        <source>Add it all the same</source>
        <translation>仍然添加</translation>
    </message>
    <message>
        <source>Add it as it is</source>
        <translation>照现状添加</translation>
    </message>
    <message>
        <source>The agent must stand on the host, and a line with your public key in its file of keys (packaging/HOST.md).</source>
        <translation>该主机上必须已安装代理，且其密钥文件中有一行包含您的公钥（packaging/HOST.md）。</translation>
    </message>
    <message>
        <source>This is the line:</source>
        <translation>这一行是：</translation>
    </message>
    <message>
        <source>First the host is asked for the key of its sshd, which you compare; then its agent is asked for what it can do.</source>
        <translation>先询问主机 sshd 的密钥供您核对，再询问其代理能做什么。</translation>
    </message>
</context>
<context>
    <name>zandb::AlertRuleDialog</name>
    <message>
        <source>Add a rule — %1</source>
        <translation>添加规则 — %1</translation>
    </message>
    <message>
        <source>Change a rule — %1</source>
        <translation>修改规则 — %1</translation>
    </message>
    <message>
        <source>Add the rule</source>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Save the changes</source>
        <translation>保存更改</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Tells also when it has ended</source>
        <translation>结束时也通知</translation>
    </message>
    <message>
        <source>%1 and above</source>
        <translation>%1及以上</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>all; or e.g. backup, replication, disk</source>
        <translation>全部；或例如 backup, replication, disk</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Modules</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Groups (none: all)</source>
        <translation>分组（不选即全部）</translation>
    </message>
    <message>
        <source>Channels (none: all)</source>
        <translation>渠道（不选即全部）</translation>
    </message>
    <message>
        <source>Quiet from</source>
        <translation>免打扰时段</translation>
    </message>
    <message>
        <source>Told all the same</source>
        <translation>仍然通知</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>Quiet hours are two times like 22:00 and 07:00, and a time zone.</source>
        <translation>免打扰时段由两个时间（如 22:00 和 07:00）和一个时区组成。</translation>
    </message>
    <message>
        <source>Names have letters, digits, dots, underscores and hyphens; modules are first words of kinds of alerts.</source>
        <translation>名称由字母、数字、点、下划线和连字符组成；模块是告警种类的第一个词。</translation>
    </message>
</context>
<context>
    <name>zandb::AlertTableModel</name>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>About</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始于</translation>
    </message>
    <message>
        <source>Times seen</source>
        <translation>出现次数</translation>
    </message>
    <message>
        <source>Acknowledged by</source>
        <translation>确认人</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束于</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
</context>
<context>
    <name>zandb::AlertsPage</name>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Nothing is wrong</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>What fails, is late or runs out stands here until it has ended, and is told to channels.</source>
        <translation>失败、延迟或即将耗尽的事项会列在这里直到结束，并通知各渠道。</translation>
    </message>
    <message>
        <source>With those that have ended</source>
        <translation>包括已结束的</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>info</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Go to the cause</source>
        <translation>前往原因</translation>
    </message>
    <message>
        <source>&lt;p&gt;What is wrong now: an alert begins when something fails, is late or runs out, and ends by itself when that is over. Double click leads to the cause.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Acknowledge&lt;/b&gt; tells the others that you look after it. The tab &lt;b&gt;Channels&lt;/b&gt; says where messages about alerts go, and which.&lt;/p&gt;</source>
        <translation>&lt;p&gt;目前的问题：某事失败、延迟或即将耗尽时告警开始，情况消失后自动结束。双击可前往原因。&lt;/p&gt;&lt;p&gt;&lt;b&gt;确认&lt;/b&gt;告诉其他人由您处理。&lt;b&gt;渠道&lt;/b&gt;标签页说明告警消息发往何处、发送哪些。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Select an alert to see what to do.</source>
        <translation>选择一个告警以查看处理办法。</translation>
    </message>
    <message numerus="yes">
        <source>%n alert(s)</source>
        <translation>
            <numerusform>%n 个告警</numerusform>
        </translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>Was</source>
        <translation>情况</translation>
    </message>
    <message>
        <source>About</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>开始于</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>最近出现</translation>
    </message>
    <message>
        <source>Times seen</source>
        <translation>出现次数</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束于</translation>
    </message>
    <message>
        <source>Acknowledged by</source>
        <translation>确认人</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message numerus="yes">
        <source>Acknowledge %n alert(s)</source>
        <translation>
            <numerusform>确认 %n 个告警</numerusform>
        </translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>It has ended.</source>
        <translation>已经结束。</translation>
    </message>
    <message>
        <source>Somebody has acknowledged it already.</source>
        <translation>已有人确认。</translation>
    </message>
</context>
<context>
    <name>zandb::ChannelDialog</name>
    <message>
        <source>Messages are sent to it</source>
        <translation>向它发送消息</translation>
    </message>
    <message>
        <source>Add a channel — %1</source>
        <translation>添加渠道 — %1</translation>
    </message>
    <message>
        <source>Change a channel — %1</source>
        <translation>修改渠道 — %1</translation>
    </message>
    <message>
        <source>Add the channel</source>
        <translation>添加渠道</translation>
    </message>
    <message>
        <source>Save the changes</source>
        <translation>保存更改</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>To</source>
        <translation>收件方</translation>
    </message>
    <message>
        <source>From</source>
        <translation>发件方</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>登录名</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账户</translation>
    </message>
    <message>
        <source>Signature name</source>
        <translation>签名名称</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Template parameters</source>
        <translation>模板参数</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>several with commas between</source>
        <translation>多个以逗号分隔</translation>
    </message>
    <message>
        <source>a name under [channels.programs] of the headless instance</source>
        <translation>后台服务 [channels.programs] 下的名称</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>is set; leave empty to keep it</source>
        <translation>已设置；留空则保留</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Secret</source>
        <translation>密钥串</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Gathers alerts for</source>
        <translation>汇集告警的时间</translation>
    </message>
    <message>
        <source>Messages a minute, at most</source>
        <translation>每分钟最多消息数</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>“%1” is missing.</source>
        <translation>缺少“%1”。</translation>
    </message>
    <message>
        <source>The address is smtp://HOST:PORT or smtps://HOST:PORT, without user and password.</source>
        <translation>地址应为 smtp://HOST:PORT 或 smtps://HOST:PORT，不含用户和密码。</translation>
    </message>
    <message>
        <source>The address begins with https:// (http:// only to this computer) and holds no user and password.</source>
        <translation>地址应以 https:// 开头（http:// 仅限本机），且不含用户和密码。</translation>
    </message>
    <message>
        <source>A field does not fit this kind of channel: look at name, addresses and numbers.</source>
        <translation>有字段不适合这种渠道：请检查名称、地址和号码。</translation>
    </message>
</context>
<context>
    <name>zandb::ChannelTableModel</name>
    <message>
        <source>secret missing</source>
        <translation>缺少密钥</translation>
    </message>
    <message>
        <source>off</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>never used</source>
        <translation>从未使用</translation>
    </message>
    <message>
        <source>failing</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>works</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>渠道</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>To</source>
        <translation>收件方</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Last message</source>
        <translation>最近消息</translation>
    </message>
</context>
<context>
    <name>zandb::ChannelsPage</name>
    <message>
        <source>Channels</source>
        <translation>渠道</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Nobody is told</source>
        <translation>没有通知任何人</translation>
    </message>
    <message>
        <source>A channel sends messages about alerts: WeChat Work, DingTalk, Feishu, SMS, e-mail, a webhook, a program.</source>
        <translation>渠道发送告警消息：企业微信、钉钉、飞书、短信、电子邮件、Webhook 或程序。</translation>
    </message>
    <message>
        <source>No rules</source>
        <translation>没有规则</translation>
    </message>
    <message>
        <source>Every channel is told each alert that is at least a warning.</source>
        <translation>每个渠道都会收到警告及以上的告警。</translation>
    </message>
    <message>
        <source>Nothing was sent yet</source>
        <translation>尚未发送消息</translation>
    </message>
    <message>
        <source>Each message stands here with what the gateway answered.</source>
        <translation>每条消息及网关的应答都列在这里。</translation>
    </message>
    <message>
        <source>&lt;p&gt;A headless instance tells channels what begins and ends. Alerts that come together are one message; while a channel fails they are kept and sent later.&lt;/p&gt;&lt;p&gt;Rules say which alerts a channel gets, by level, module and group, and when it is to be quiet. A channel that no rule names gets every warning and worse.&lt;/p&gt;&lt;p&gt;Secrets are sealed for the headless instances and never shown again. &lt;b&gt;Test&lt;/b&gt; sends a message and shows what the gateway answered.&lt;/p&gt;</source>
        <translation>&lt;p&gt;后台服务把告警的开始和结束通知各渠道。同时到来的告警合为一条消息；渠道失败期间消息会保留，稍后发送。&lt;/p&gt;&lt;p&gt;规则按级别、模块和分组规定渠道收到哪些告警，以及何时免打扰。没有规则指明的渠道会收到警告及以上的全部告警。&lt;/p&gt;&lt;p&gt;密钥只封存给后台服务，不再显示。&lt;b&gt;测试&lt;/b&gt;会发送一条消息并显示网关的应答。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Select a channel.</source>
        <translation>请选择一个渠道。</translation>
    </message>
    <message>
        <source>Select a rule.</source>
        <translation>请选择一条规则。</translation>
    </message>
    <message>
        <source>A test is under way.</source>
        <translation>测试正在进行。</translation>
    </message>
</context>
<context>
    <name>zandb::DeliveryTableModel</name>
    <message>
        <source>sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>given up</source>
        <translation>已放弃</translation>
    </message>
    <message>
        <source>trying again</source>
        <translation>正在重试</translation>
    </message>
    <message>
        <source>sending</source>
        <translation>正在发送</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>渠道</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Tries</source>
        <translation>尝试次数</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>应答</translation>
    </message>
</context>
<context>
    <name>zandb::EditHostsDialog</name>
    <message>
        <source>Change %1</source>
        <translation>修改 %1</translation>
    </message>
    <message numerus="yes">
        <source>Change %n host(s)</source>
        <translation>
            <numerusform>修改 %n 台主机</numerusform>
        </translation>
    </message>
    <message>
        <source>Save the changes</source>
        <translation>保存更改</translation>
    </message>
    <message>
        <source>stays as it is</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>e.g. pci, tier=1</source>
        <translation>例如 pci, tier=1</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation>SSH 端口</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>登录名</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Labels of all</source>
        <translation>共同的标签</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>A name has no blanks and slashes.</source>
        <translation>名称不能含空格和斜杠。</translation>
    </message>
    <message>
        <source>The address is a host name or an IP address.</source>
        <translation>地址应为主机名或 IP 地址。</translation>
    </message>
    <message>
        <source>The login is not one.</source>
        <translation>登录名无效。</translation>
    </message>
    <message>
        <source>A group is a path of names, such as production/shop.</source>
        <translation>分组是由名称组成的路径，例如 production/shop。</translation>
    </message>
    <message>
        <source>Labels have no blanks; commas stand between them.</source>
        <translation>标签不含空格，彼此以逗号分隔。</translation>
    </message>
</context>
<context>
    <name>zandb::RuleTableModel</name>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Modules</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>渠道</translation>
    </message>
    <message>
        <source>Quiet hours</source>
        <translation>免打扰时段</translation>
    </message>
    <message>
        <source>Tells the end</source>
        <translation>通知结束</translation>
    </message>
</context>
<context>
    <name>zandb::TaskCalendarView</name>
    <message numerus="yes">
        <source>What comes in the next %n hour(s)</source>
        <translation>
            <numerusform>今后 %n 小时的安排</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Nothing is due in the next %n hour(s).</source>
        <translation>
            <numerusform>今后 %n 小时没有到期的任务。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more host(s) have less to do.</source>
        <translation>
            <numerusform>另有 %n 台主机的工作较少。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) begin</source>
        <translation>
            <numerusform>开始 %n 个运行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>about %n minute(s) of work</source>
        <translation>
            <numerusform>约 %n 分钟的工作</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Runs begun in each hour; stronger: more work; line: open window.</source>
        <translation>每小时开始的运行；颜色越深工作越多；横线：窗口开放。</translation>
    </message>
</context>
<context>
    <name>zandb::TaskDialog</name>
    <message>
        <source>Runs on its schedule</source>
        <translation>按计划运行</translation>
    </message>
    <message>
        <source>New task — %1</source>
        <translation>新建任务 — %1</translation>
    </message>
    <message>
        <source>Change task — %1</source>
        <translation>修改任务 — %1</translation>
    </message>
    <message>
        <source>e.g. nightly backup</source>
        <translation>例如 每夜备份</translation>
    </message>
    <message>
        <source>What and when</source>
        <translation>内容与时间</translation>
    </message>
    <message>
        <source>For what</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Next occurrences, in your time zone</source>
        <translation>接下来的时间（您的时区）</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Create the task</source>
        <translation>创建任务</translation>
    </message>
    <message>
        <source>Save the changes</source>
        <translation>保存更改</translation>
    </message>
    <message>
        <source>Every day</source>
        <translation>每天</translation>
    </message>
    <message>
        <source>On days of the week</source>
        <translation>按星期</translation>
    </message>
    <message>
        <source>On days of the month</source>
        <translation>按月中日期</translation>
    </message>
    <message>
        <source>Again and again</source>
        <translation>反复</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>hours</source>
        <translation>小时</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>On</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>At</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Every</source>
        <translation>每隔</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>Only between</source>
        <translation>仅在时段</translation>
    </message>
    <message>
        <source>Automatic: physical where possible</source>
        <translation>自动：尽可能物理备份</translation>
    </message>
    <message>
        <source>Physical: the server's files</source>
        <translation>物理：服务器的文件</translation>
    </message>
    <message>
        <source>Logical: a dump by the server's own tool</source>
        <translation>逻辑：用服务器自带工具导出</translation>
    </message>
    <message>
        <source>Logical: a dump by mydumper</source>
        <translation>逻辑：用 mydumper 导出</translation>
    </message>
    <message>
        <source>Clone plugin (MySQL)</source>
        <translation>克隆插件（MySQL）</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source> days</source>
        <translation> 天</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>仓库</translation>
    </message>
    <message>
        <source>Backups to keep</source>
        <translation>保留的备份数</translation>
    </message>
    <message>
        <source>Proved within</source>
        <translation>验证期限</translation>
    </message>
    <message>
        <source>all of these, e.g. pci, tier=1</source>
        <translation>须全部具备，例如 pci, tier=1</translation>
    </message>
    <message>
        <source>patterns, e.g. db*/my33*</source>
        <translation>通配符，例如 db*/my33*</translation>
    </message>
    <message>
        <source>e.g. db1/my3306, db2/my3307</source>
        <translation>例如 db1/my3306, db2/my3307</translation>
    </message>
    <message>
        <source>any server</source>
        <translation>任意服务器</translation>
    </message>
    <message>
        <source>any role</source>
        <translation>任意角色</translation>
    </message>
    <message>
        <source>primaries</source>
        <translation>主库</translation>
    </message>
    <message>
        <source>replicas</source>
        <translation>从库</translation>
    </message>
    <message>
        <source>of each set the replica with the least lag</source>
        <translation>每个复制组中延迟最小的从库</translation>
    </message>
    <message>
        <source>core or not</source>
        <translation>不论是否核心</translation>
    </message>
    <message>
        <source>core only</source>
        <translation>仅核心</translation>
    </message>
    <message>
        <source>not core</source>
        <translation>非核心</translation>
    </message>
    <message>
        <source>one of each replication set, a healthy replica first</source>
        <translation>每个复制组取一个，优先健康的从库</translation>
    </message>
    <message>
        <source>each instance</source>
        <translation>每个实例</translation>
    </message>
    <message>
        <source>But not</source>
        <translation>不含</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Core</source>
        <translation>核心</translation>
    </message>
    <message>
        <source>Reads from</source>
        <translation>读取自</translation>
    </message>
    <message>
        <source>the last one only</source>
        <translation>仅最后一次</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>all, up to 100</source>
        <translation>全部，最多 100 次</translation>
    </message>
    <message>
        <source>skip the new one</source>
        <translation>跳过新的</translation>
    </message>
    <message>
        <source>let one wait</source>
        <translation>让一个等待</translation>
    </message>
    <message>
        <source>cancel the old one</source>
        <translation>取消旧的</translation>
    </message>
    <message>
        <source>run both</source>
        <translation>同时运行</translation>
    </message>
    <message>
        <source>let it go on</source>
        <translation>让它继续</translation>
    </message>
    <message>
        <source>cancel it</source>
        <translation>取消它</translation>
    </message>
    <message>
        <source>6 hours; 10 min for intervals</source>
        <translation>6 小时；间隔任务为 10 分钟</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>After an outage, make up for</source>
        <translation>中断之后补做</translation>
    </message>
    <message>
        <source>Starts at most so late</source>
        <translation>最多延迟开始</translation>
    </message>
    <message>
        <source>While the one before still runs</source>
        <translation>上一次仍在运行时</translation>
    </message>
    <message>
        <source>When the window closes</source>
        <translation>窗口关闭时</translation>
    </message>
    <message>
        <source>Automatic retries</source>
        <translation>自动重试次数</translation>
    </message>
    <message>
        <source>At once, of this task</source>
        <translation>本任务同时运行</translation>
    </message>
    <message>
        <source>At once, on a host</source>
        <translation>每台主机同时运行</translation>
    </message>
    <message>
        <source>At once, in a repository</source>
        <translation>每个仓库同时运行</translation>
    </message>
    <message>
        <source>Whole fleet</source>
        <translation>全部主机</translation>
    </message>
    <message>
        <source>Say at what time.</source>
        <translation>请指定时间。</translation>
    </message>
    <message>
        <source>Once is one date and time.</source>
        <translation>“一次”只能有一个日期和时间。</translation>
    </message>
    <message>
        <source>Choose at least one day.</source>
        <translation>请至少选择一天。</translation>
    </message>
    <message>
        <source>There is no instance %1.</source>
        <translation>没有实例 %1。</translation>
    </message>
    <message>
        <source>Say under “For what” which instances it is for.</source>
        <translation>请在“对象”中指定实例。</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>A window has two ends.</source>
        <translation>窗口需要起止两个时间。</translation>
    </message>
    <message>
        <source>Looking what would come of this…</source>
        <translation>正在查看结果…</translation>
    </message>
    <message>
        <source> · left out</source>
        <translation> · 已略过</translation>
    </message>
    <message>
        <source> · starts %1</source>
        <translation> · %1 开始</translation>
    </message>
    <message>
        <source>It will not be due any more.</source>
        <translation>不会再到期。</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目标</translation>
    </message>
    <message numerus="yes">
        <source>%n target(s) now</source>
        <translation>
            <numerusform>目前 %n 个目标</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n missed</source>
        <translation>
            <numerusform>%n 个未包括</numerusform>
        </translation>
    </message>
    <message>
        <source>It has no target now, and does nothing until it has one.</source>
        <translation>目前没有目标；有目标之前什么也不做。</translation>
    </message>
    <message>
        <source>name in the catalogue of the hosts</source>
        <translation>主机脚本目录中的名称</translation>
    </message>
    <message>
        <source>Each instance</source>
        <translation>每个实例</translation>
    </message>
    <message>
        <source>Each host</source>
        <translation>每台主机</translation>
    </message>
    <message>
        <source>Script</source>
        <translation>脚本</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>参数值</translation>
    </message>
    <message>
        <source>Once for</source>
        <translation>执行范围</translation>
    </message>
    <message>
        <source>A task of this kind needs the name of a script.</source>
        <translation>此类任务需要脚本的名称。</translation>
    </message>
    <message>
        <source>Values are written NAME=VALUE, each name once, with a semicolon between two.</source>
        <translation>参数写作 NAME=VALUE，每个名称只出现一次，以分号分隔。</translation>
    </message>
</context>
<context>
    <name>zandb::TaskHistoryDialog</name>
    <message>
        <source>History of %1 — %2</source>
        <translation>%1 的历史 — %2</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>修订</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>older revisions: zandbctl task history</source>
        <translation>更早的修订：zandbctl task history</translation>
    </message>
    <message>
        <source>defined</source>
        <translation>已定义</translation>
    </message>
    <message>
        <source>nothing that is kept here was changed</source>
        <translation>此处记录的内容没有变化</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>zandb::TaskTableModel</name>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>no target</source>
        <translation>无目标</translation>
    </message>
    <message>
        <source>active</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>For</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>目标数</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下次</translation>
    </message>
    <message>
        <source>Last result</source>
        <translation>上次结果</translation>
    </message>
    <message>
        <source>Last due</source>
        <translation>上次到期</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>作者</translation>
    </message>
</context>
<context>
    <name>zandb::TasksPage</name>
    <message>
        <source>Tasks</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>No tasks yet</source>
        <translation>还没有任务</translation>
    </message>
    <message>
        <source>A task says what is done to which instances, and when: back up, prove, look for what is wrong.</source>
        <translation>任务规定何时对哪些实例做什么：备份、验证、检查问题。</translation>
    </message>
    <message>
        <source>New task…</source>
        <translation>新建任务…</translation>
    </message>
    <message>
        <source>active</source>
        <translation>启用</translation>
    </message>
    <message>
        <source>without target</source>
        <translation>无目标</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>修改…</translation>
    </message>
    <message>
        <source>Run now…</source>
        <translation>立即运行…</translation>
    </message>
    <message>
        <source>History…</source>
        <translation>历史…</translation>
    </message>
    <message>
        <source>Show its runs</source>
        <translation>显示其运行</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>&lt;p&gt;Tasks say what is done to which instances, and when. Which instances those are is found out anew at each occurrence: a new host of a group is backed up the next night.&lt;/p&gt;&lt;p&gt;The calendar shows what begins on which host in the next 24 hours; point at a cell to see the tasks.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Pause&lt;/b&gt; lets a task rest; what is due meanwhile is not made up for. &lt;b&gt;Skip next&lt;/b&gt; leaves one occurrence out. &lt;b&gt;Run now&lt;/b&gt; does what it does once, beside its schedule. Each change is a revision that &lt;b&gt;History&lt;/b&gt; shows.&lt;/p&gt;</source>
        <translation>&lt;p&gt;任务规定何时对哪些实例做什么。每次到期时重新确定是哪些实例：分组中的新主机当晚就会备份。&lt;/p&gt;&lt;p&gt;日历显示今后 24 小时各主机上开始的工作；指向格子可查看任务。&lt;/p&gt;&lt;p&gt;&lt;b&gt;暂停&lt;/b&gt;让任务休息，期间到期的不会补做。&lt;b&gt;跳过下次&lt;/b&gt;略过一次。&lt;b&gt;立即运行&lt;/b&gt;在计划之外执行一次。每次更改都是一个修订，可在&lt;b&gt;历史&lt;/b&gt;中查看。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Select a task to see its details.</source>
        <translation>选择一个任务以查看详情。</translation>
    </message>
    <message>
        <source>Define it again with “zandbctl task edit”, or delete it.</source>
        <translation>请用“zandbctl task edit”重新定义，或删除它。</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>When</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下次</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>已略过</translation>
    </message>
    <message>
        <source>For</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Targets now</source>
        <translation>目前目标数</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Last result</source>
        <translation>上次结果</translation>
    </message>
    <message>
        <source>Last due</source>
        <translation>上次到期</translation>
    </message>
    <message>
        <source>Keeps</source>
        <translation>保留</translation>
    </message>
    <message numerus="yes">
        <source>%n backup(s) of each instance</source>
        <translation>
            <numerusform>每个实例 %n 个备份</numerusform>
        </translation>
    </message>
    <message>
        <source>Author</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>修订</translation>
    </message>
    <message>
        <source>The task cannot be read.</source>
        <translation>任务无法读取。</translation>
    </message>
    <message>
        <source>It has no target now.</source>
        <translation>目前没有目标。</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Skip next</source>
        <translation>跳过下次</translation>
    </message>
    <message>
        <source>Do not skip</source>
        <translation>不跳过</translation>
    </message>
    <message>
        <source>Nothing is due of it.</source>
        <translation>它没有到期的时间。</translation>
    </message>
</context>
<context>
    <name>zandb::console::AlertsController</name>
    <message numerus="yes">
        <source>%n alert(s) acknowledged</source>
        <translation>
            <numerusform>已确认 %n 个告警</numerusform>
        </translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
</context>
<context>
    <name>zandb::console::ChannelsController</name>
    <message>
        <source>Only an administrator of the store may change channels and rules.</source>
        <translation>只有元数据库管理员可以修改渠道和规则。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Channel %1 saved</source>
        <translation>渠道 %1 已保存</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>The rule %1 names this channel: change or remove the rule first.</source>
        <translation>规则 %1 使用了该渠道：请先修改或移除该规则。</translation>
    </message>
    <message>
        <source>Remove a channel — %1</source>
        <translation>移除渠道 — %1</translation>
    </message>
    <message>
        <source>%1 is not told anything any more. What waits for it is dropped; its messages stay in the list.</source>
        <translation>不再通知 %1。等待发送的内容将被丢弃；已有消息仍保留在列表中。</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Channel %1 removed</source>
        <translation>渠道 %1 已移除</translation>
    </message>
    <message>
        <source>Rule %1 saved</source>
        <translation>规则 %1 已保存</translation>
    </message>
    <message>
        <source>Remove a rule — %1</source>
        <translation>移除规则 — %1</translation>
    </message>
    <message>
        <source>A channel that no other rule names is told every warning and worse from then on.</source>
        <translation>此后没有其他规则指明的渠道会收到警告及以上的全部告警。</translation>
    </message>
    <message>
        <source>Rule %1 removed</source>
        <translation>规则 %1 已移除</translation>
    </message>
    <message>
        <source>Not tested</source>
        <translation>未测试</translation>
    </message>
    <message>
        <source>No headless instance runs, and only it sends messages.</source>
        <translation>没有后台服务在运行，而只有它能发送消息。</translation>
    </message>
    <message>
        <source>%1 did not take it</source>
        <translation>%1 没有接受</translation>
    </message>
    <message>
        <source>%1 took it</source>
        <translation>%1 已接受</translation>
    </message>
    <message>
        <source>The gateway has taken the test message.</source>
        <translation>网关已接受测试消息。</translation>
    </message>
    <message>
        <source>No answer yet</source>
        <translation>尚无应答</translation>
    </message>
    <message>
        <source>The headless instance has not sent the test within a minute. Look at the list of messages later.</source>
        <translation>后台服务一分钟内没有发送测试消息。请稍后查看消息列表。</translation>
    </message>
</context>
<context>
    <name>zandb::console::HostsController</name>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>The agent answers: %1 on %2.</source>
        <translation>代理应答：%2 上的 %1。</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n core(s), %2 of memory.</source>
        <translation>
            <numerusform>%1，%n 核，内存 %2。</numerusform>
        </translation>
    </message>
    <message>
        <source>Instance %1: %2 %3, port %4</source>
        <translation>实例 %1：%2 %3，端口 %4</translation>
    </message>
    <message>
        <source>It knows no instance yet.</source>
        <translation>它还不知道任何实例。</translation>
    </message>
    <message>
        <source>Rights on %1: %2</source>
        <translation>%1 上的权限：%2</translation>
    </message>
    <message>
        <source>%1 lacks %2: %3</source>
        <translation>%1 缺少 %2：%3</translation>
    </message>
    <message>
        <source>Nothing is missing.</source>
        <translation>没有缺少任何内容。</translation>
    </message>
    <message>
        <source>It can be added now; what is missing can be given later.</source>
        <translation>现在可以添加；缺少的可以之后补上。</translation>
    </message>
    <message>
        <source>Host %1 added</source>
        <translation>主机 %1 已添加</translation>
    </message>
    <message>
        <source>Host %1 changed</source>
        <translation>主机 %1 已修改</translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) changed</source>
        <translation>
            <numerusform>已修改 %n 台主机</numerusform>
        </translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>%1 leaves the fleet: nothing is asked of its agent any more, and its figures go. Its runs and backups stay, and on the host itself nothing is changed.</source>
        <translation>%1 将离开：不再询问其代理，其指标将被清除。其运行和备份保留，主机本身不作任何更改。</translation>
    </message>
    <message>
        <source>Its instances: %1.</source>
        <translation>其实例：%1。</translation>
    </message>
    <message>
        <source>Tasks that work on it now: %1.</source>
        <translation>目前作用于它的任务：%1。</translation>
    </message>
    <message>
        <source>Tasks that name it, and may have no target then: %1.</source>
        <translation>指明它、之后可能没有目标的任务：%1。</translation>
    </message>
    <message>
        <source>Replicas elsewhere read from it: %1.</source>
        <translation>其他主机上的从库从它读取：%1。</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) on it have not ended; they are given up.</source>
        <translation>
            <numerusform>它有 %n 个运行尚未结束；将被放弃。</numerusform>
        </translation>
    </message>
    <message>
        <source>Retire a host — %1</source>
        <translation>主机退役 — %1</translation>
    </message>
    <message>
        <source>Retire %1</source>
        <translation>退役 %1</translation>
    </message>
    <message>
        <source>Host %1 retired</source>
        <translation>主机 %1 已退役</translation>
    </message>
</context>
<context>
    <name>zandb::console::TasksController</name>
    <message>
        <source>Task %1 created</source>
        <translation>任务 %1 已创建</translation>
    </message>
    <message>
        <source>Task %1 changed</source>
        <translation>任务 %1 已修改</translation>
    </message>
    <message>
        <source>Run %1 now</source>
        <translation>立即运行 %1</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>无事可做</translation>
    </message>
    <message>
        <source>Task %1 has nothing to do now.</source>
        <translation>任务 %1 目前无事可做。</translation>
    </message>
    <message>
        <source>Run now — %1</source>
        <translation>立即运行 — %1</translation>
    </message>
    <message>
        <source>%1 does once what it does on its schedule, on %2.</source>
        <translation>%1 将在 %2 上执行一次计划中的工作。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message numerus="yes">
        <source>Begin %n run(s)</source>
        <translation>
            <numerusform>开始 %n 个运行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) of %1 requested</source>
        <translation>
            <numerusform>已请求 %1 的 %n 个运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Task %1 rests</source>
        <translation>任务 %1 已暂停</translation>
    </message>
    <message>
        <source>Task %1 runs again</source>
        <translation>任务 %1 已恢复</translation>
    </message>
    <message>
        <source>Task %1 leaves its next occurrence out</source>
        <translation>任务 %1 将略过下一次</translation>
    </message>
    <message>
        <source>Task %1 leaves nothing out</source>
        <translation>任务 %1 不再略过</translation>
    </message>
    <message>
        <source>Delete a task — %1</source>
        <translation>删除任务 — %1</translation>
    </message>
    <message>
        <source>%1 will not run any more. Its runs and backups stay, and its history.</source>
        <translation>%1 不再运行。其运行、备份和历史保留。</translation>
    </message>
    <message numerus="yes">
        <source>It is for %n instance(s) now.</source>
        <translation>
            <numerusform>目前涉及 %n 个实例。</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete %1</source>
        <translation>删除 %1</translation>
    </message>
    <message>
        <source>Task %1 deleted</source>
        <translation>任务 %1 已删除</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>History of %1</source>
        <translation>%1 的历史</translation>
    </message>
</context>
<context>
    <name>zandb::FirstSteps</name>
    <message>
        <source>The first night</source>
        <translation>第一夜</translation>
    </message>
    <message>
        <source>The metadata store is connected.</source>
        <translation>元数据库已连接。</translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) are in the fleet</source>
        <translation>
            <numerusform>已有 %n 台主机</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>with %n instance(s).</source>
        <translation>
            <numerusform>共 %n 个实例。</numerusform>
        </translation>
    </message>
    <message>
        <source>Add the first host: its agent tells which instances it has.</source>
        <translation>添加第一台主机：其代理会告知有哪些实例。</translation>
    </message>
    <message numerus="yes">
        <source>%n task(s) are defined.</source>
        <translation>
            <numerusform>已定义 %n 个任务。</numerusform>
        </translation>
    </message>
    <message>
        <source>Schedule the first nightly backup.</source>
        <translation>安排第一个每夜备份。</translation>
    </message>
    <message>
        <source>A headless instance runs the schedules.</source>
        <translation>后台服务正在执行计划。</translation>
    </message>
    <message>
        <source>Start a headless instance, which runs the schedules (packaging/HEADLESS.md): zandbctl serve</source>
        <translation>启动执行计划的后台服务（packaging/HEADLESS.md）：zandbctl serve</translation>
    </message>
    <message>
        <source>Add a host…</source>
        <translation>添加主机…</translation>
    </message>
    <message>
        <source>New task…</source>
        <translation>新建任务…</translation>
    </message>
    <message>
        <source>Add a host first.</source>
        <translation>请先添加主机。</translation>
    </message>
</context>
<context>
    <name>ZabbixLines</name>
    <message>
        <source>Waiting for the headless instance to ask</source>
        <translation>正在等待无界面实例查询</translation>
    </message>
    <message>
        <source>Not in Zabbix by this name or address</source>
        <translation>Zabbix 中没有此名称或地址的主机</translation>
    </message>
    <message numerus="yes">
        <source>%n host(s) of Zabbix match; choose one with “zandbctl zabbix choose”</source>
        <translation>
            <numerusform>Zabbix 中有 %n 台主机匹配；请用“zandbctl zabbix choose”选择一台</numerusform>
        </translation>
    </message>
    <message>
        <source>Asking failed</source>
        <translation>查询失败</translation>
    </message>
    <message>
        <source>asked %1</source>
        <translation>%1 查询</translation>
    </message>
    <message>
        <source>%1 by the agent, %2 by Zabbix</source>
        <translation>代理为 %1，Zabbix 为 %2</translation>
    </message>
    <message>
        <source>Cores differ</source>
        <translation>核数不一致</translation>
    </message>
    <message>
        <source>Memory differs</source>
        <translation>内存不一致</translation>
    </message>
    <message>
        <source>%1 differs</source>
        <translation>%1 不一致</translation>
    </message>
    <message>
        <source>%1 of %2 available</source>
        <translation>可用 %1，共 %2</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>空闲 %1，共 %2</translation>
    </message>
    <message>
        <source>%1 (Zabbix)</source>
        <translation>%1（Zabbix）</translation>
    </message>
    <message>
        <source>Cores</source>
        <translation>核数</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
</context>
<context>
    <name>KeyText</name>
    <message>
        <source>counter</source>
        <translation>计数器</translation>
    </message>
    <message>
        <source>foreign key</source>
        <translation>外键</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>sequence</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>No primary key</source>
        <translation>没有主键</translation>
    </message>
    <message>
        <source>Engine without transactions</source>
        <translation>引擎不支持事务</translation>
    </message>
    <message>
        <source>Duplicate index</source>
        <translation>重复索引</translation>
    </message>
    <message>
        <source>Index never used</source>
        <translation>从未使用的索引</translation>
    </message>
    <message>
        <source>Mixed character sets</source>
        <translation>字符集混用</translation>
    </message>
    <message>
        <source>No password</source>
        <translation>没有密码</translation>
    </message>
    <message>
        <source>does not grow</source>
        <translation>不增长</translation>
    </message>
    <message>
        <source>not known yet</source>
        <translation>尚不清楚</translation>
    </message>
    <message>
        <source>over 100 years</source>
        <translation>超过 100 年</translation>
    </message>
    <message>
        <source>%1 does its work</source>
        <translation>%1 已起到它的作用</translation>
    </message>
    <message>
        <source>in %1 days since the server&apos;s start</source>
        <translation>服务器启动以来的 %1 天内</translation>
    </message>
    <message>
        <source>full</source>
        <translation>已满</translation>
    </message>
    <message>
        <source>nearly full</source>
        <translation>快满</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1，共 %2</translation>
    </message>
    <message>
        <source>It grows by %1 a day.</source>
        <translation>每天增长 %1。</translation>
    </message>
    <message>
        <source>Its growth is known after two days.</source>
        <translation>两天后才能知道它的增长。</translation>
    </message>
    <message>
        <source>refers to %1</source>
        <translation>引用 %1</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Days left</source>
        <translation>剩余天数</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Largest value</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Table size</source>
        <translation>表大小</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>读取时间</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Schema or table</source>
        <translation>库或表</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Seen since</source>
        <translation>首次发现</translation>
    </message>
</context>
<context>
    <name>zandb::KeysPage</name>
    <message>
        <source>Keys</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Integer keys</source>
        <translation>整数键</translation>
    </message>
    <message>
        <source>Other findings</source>
        <translation>其他问题</translation>
    </message>
    <message>
        <source>No key has used a fifth of its values</source>
        <translation>没有键用掉五分之一的取值</translation>
    </message>
    <message>
        <source>Keys are read each day by a task of the kind key check, or now by “zandbctl check run”.</source>
        <translation>键由“键检查”任务每天读取，也可用“zandbctl check run”立即读取。</translation>
    </message>
    <message>
        <source>Nothing was found</source>
        <translation>没有发现问题</translation>
    </message>
    <message>
        <source>Tables without a primary key, needless indexes, mixed character sets and accounts without a password stand here.</source>
        <translation>没有主键的表、多余的索引、混用的字符集和没有密码的账号会列在这里。</translation>
    </message>
    <message>
        <source>Never checked: %1</source>
        <translation>从未检查：%1</translation>
    </message>
    <message>
        <source>Tables that could not be read in the last pass: %1</source>
        <translation>上次检查时无法读取的表：%1</translation>
    </message>
    <message>
        <source>&lt;p&gt;How much of its values each integer key has used: counters, foreign keys, keys without a counter, and sequences. When nothing is left, inserts fail. &lt;b&gt;Days left&lt;/b&gt; goes by the growth of the last 30 or 7 days, whichever is faster.&lt;/p&gt;&lt;p&gt;Keys that have used less than a fifth are not listed. An alert is raised by share or by days left, as the group&apos;s settings say (&lt;i&gt;key-percent&lt;/i&gt;, &lt;i&gt;key-days&lt;/i&gt;).&lt;/p&gt;&lt;p&gt;The check never waits for a lock: a table that somebody holds is counted as not checked. The table&apos;s size is what an ALTER of the type writes anew.&lt;/p&gt;</source>
        <translation>&lt;p&gt;每个整数键已用掉多少取值：计数器、外键、没有计数器的键以及序列。用完后插入会失败。&lt;b&gt;剩余天数&lt;/b&gt;按最近 30 天或 7 天中较快的增长计算。&lt;/p&gt;&lt;p&gt;用掉不到五分之一的键不列出。按组的设置（&lt;i&gt;key-percent&lt;/i&gt;、&lt;i&gt;key-days&lt;/i&gt;），用量或剩余天数达到阈值时会告警。&lt;/p&gt;&lt;p&gt;检查从不等待锁：被占用的表计为未检查。表大小是更改类型的 ALTER 需要重写的数据量。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Select a key to see its details.</source>
        <translation>选择一个键以查看详情。</translation>
    </message>
    <message>
        <source>full</source>
        <translation>已满</translation>
    </message>
    <message>
        <source>nearly full</source>
        <translation>快满</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>No value is left: inserts fail.</source>
        <translation>取值已用完：插入会失败。</translation>
    </message>
    <message>
        <source>%1 of its values are used.</source>
        <translation>已用掉 %1 的取值。</translation>
    </message>
    <message>
        <source>Change the column to a larger type, and every column that refers to it.</source>
        <translation>请把该列以及引用它的每一列改为更大的类型。</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Refers to</source>
        <translation>引用</translation>
    </message>
    <message>
        <source>Largest value</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>Growth a day</source>
        <translation>每天增长</translation>
    </message>
    <message>
        <source>known after two days</source>
        <translation>两天后可知</translation>
    </message>
    <message>
        <source>Days left</source>
        <translation>剩余天数</translation>
    </message>
    <message>
        <source>Rows (estimated)</source>
        <translation>行数（估计）</translation>
    </message>
    <message>
        <source>An ALTER writes</source>
        <translation>ALTER 需写入</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>读取时间</translation>
    </message>
</context>
<context>
    <name>BinlogText</name>
    <message>
        <source>not known yet</source>
        <translation>尚不清楚</translation>
    </message>
    <message>
        <source>cannot be asked</source>
        <translation>无法询问</translation>
    </message>
    <message>
        <source>writes none</source>
        <translation>不写 binlog</translation>
    </message>
    <message>
        <source>hole</source>
        <translation>有缺口</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>已拒绝</translation>
    </message>
    <message>
        <source>not archived</source>
        <translation>未归档</translation>
    </message>
    <message>
        <source>archive waits</source>
        <translation>归档等待中</translation>
    </message>
    <message>
        <source>no backup yet</source>
        <translation>还没有备份</translation>
    </message>
    <message>
        <source>archived</source>
        <translation>已归档</translation>
    </message>
    <message>
        <source>a file is damaged</source>
        <translation>有文件损坏</translation>
    </message>
    <message>
        <source>archived files are lost</source>
        <translation>归档文件已丢失</translation>
    </message>
    <message>
        <source>a file is encrypted</source>
        <translation>有文件已加密</translation>
    </message>
    <message>
        <source>another server</source>
        <translation>换了服务器</translation>
    </message>
    <message>
        <source>the binlogs were reset</source>
        <translation>binlog 被重置</translation>
    </message>
    <message>
        <source>files are missing</source>
        <translation>缺少文件</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>for ever</source>
        <translation>永久</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Restorable from</source>
        <translation>可恢复自</translation>
    </message>
    <message>
        <source>to</source>
        <translation>至</translation>
    </message>
    <message>
        <source>Holes</source>
        <translation>缺口</translation>
    </message>
    <message>
        <source>Archive behind</source>
        <translation>归档落后</translation>
    </message>
    <message>
        <source>Archived</source>
        <translation>已归档</translation>
    </message>
    <message>
        <source>On the server</source>
        <translation>服务器上</translation>
    </message>
    <message>
        <source>Server keeps</source>
        <translation>服务器保留</translation>
    </message>
</context>
<context>
    <name>zandb::WindowTimeline</name>
    <message>
        <source>Restorable window of %1</source>
        <translation>%1 的可恢复时段</translation>
    </message>
    <message>
        <source>Nothing of %1 can be restored to a moment yet.</source>
        <translation>%1 还不能恢复到任意时刻。</translation>
    </message>
    <message>
        <source>Hole: %1</source>
        <translation>缺口：%1</translation>
    </message>
    <message>
        <source>Backup of %1</source>
        <translation>%1 的备份</translation>
    </message>
</context>
<context>
    <name>zandb::BinlogsPage</name>
    <message>
        <source>Binlogs</source>
        <translation>Binlog</translation>
    </message>
    <message>
        <source>No instances in this scope</source>
        <translation>此范围内没有实例</translation>
    </message>
    <message>
        <source>Choose a group or host with instances in the tree.</source>
        <translation>请在树中选择含有实例的组或主机。</translation>
    </message>
    <message>
        <source>&lt;p&gt;Binlogs that are archived allow to bring an instance to any moment between a good backup and the last archived transaction. The bar shows for the selected instance what can be restored; what is hatched is a hole, and triangles are backups.&lt;/p&gt;&lt;p&gt;“zandbctl binlog archive” begins to stream an instance&apos;s binlogs into a repository of its host; “zandbctl binlog plan” says what a recovery would do, with the last transaction that is kept and the first that is lost, and “zandbctl binlog recover” carries it out in a directory of its own.&lt;/p&gt;&lt;p&gt;A hole ends what can be restored until the next backup: take one at once.&lt;/p&gt;</source>
        <translation>&lt;p&gt;归档的 binlog 可以把实例恢复到有效备份与最后归档事务之间的任意时刻。横条显示所选实例可恢复的时段；斜线部分是缺口，三角形是备份。&lt;/p&gt;&lt;p&gt;“zandbctl binlog archive”开始把实例的 binlog 传入其主机的仓库；“zandbctl binlog plan”说明恢复会做什么，包括保留的最后一个事务和丢失的第一个事务；“zandbctl binlog recover”在单独的目录中执行。&lt;/p&gt;&lt;p&gt;缺口之后在下次备份前都无法恢复：请立即备份。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Restorable window of %1</source>
        <translation>%1 的可恢复时段</translation>
    </message>
    <message>
        <source>Restorable window</source>
        <translation>可恢复时段</translation>
    </message>
    <message>
        <source>Select an instance to see its archive and window.</source>
        <translation>选择一个实例以查看其归档和可恢复时段。</translation>
    </message>
    <message>
        <source>The binlogs have a hole: %1.</source>
        <translation>binlog 有缺口：%1。</translation>
    </message>
    <message>
        <source>Back the instance up now: what comes after the hole can be restored only from a backup behind it.</source>
        <translation>请立即备份该实例：缺口之后的内容只能从其后的备份恢复。</translation>
    </message>
    <message>
        <source>“zandbctl binlog archive %1 --repository NAME” begins.</source>
        <translation>用“zandbctl binlog archive %1 --repository NAME”开始归档。</translation>
    </message>
    <message>
        <source>Restorable</source>
        <translation>可恢复</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 至 %2</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>Hole</source>
        <translation>缺口</translation>
    </message>
    <message>
        <source>after %1</source>
        <translation>%1 之后</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
    <message>
        <source>After file</source>
        <translation>之前的文件</translation>
    </message>
    <message>
        <source>Before file</source>
        <translation>之后的文件</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>仓库</translation>
    </message>
    <message>
        <source>Streams</source>
        <translation>正在传输</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Behind</source>
        <translation>落后</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Archived files</source>
        <translation>已归档文件</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>存储量</translation>
    </message>
    <message>
        <source>On the server</source>
        <translation>服务器上</translation>
    </message>
    <message>
        <source>%1 in %2 files</source>
        <translation>%1，共 %2 个文件</translation>
    </message>
    <message>
        <source>Server keeps</source>
        <translation>服务器保留</translation>
    </message>
    <message>
        <source>for ever</source>
        <translation>永久</translation>
    </message>
    <message>
        <source>Backups without binlogs</source>
        <translation>没有 binlog 的备份</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>更新于</translation>
    </message>
</context>
<context>
    <name>ShardText</name>
    <message>
        <source>the text is not UTF-8</source>
        <translation>文本不是 UTF-8</translation>
    </message>
    <message>
        <source>a quotation mark has no end</source>
        <translation>引号没有结束</translation>
    </message>
    <message>
        <source>the heading must name “%1” once</source>
        <translation>标题行必须恰好有一个“%1”</translation>
    </message>
    <message>
        <source>another number of cells than the heading has (%1)</source>
        <translation>单元格数与标题行不同（%1）</translation>
    </message>
    <message>
        <source>this is no JSON array of objects: %1</source>
        <translation>这不是由对象组成的 JSON 数组：%1</translation>
    </message>
    <message>
        <source>an object is needed</source>
        <translation>这里需要一个对象</translation>
    </message>
    <message>
        <source>the logical database is missing or its name is too long: “%1”</source>
        <translation>缺少逻辑库，或其名称过长：“%1”</translation>
    </message>
    <message>
        <source>the shard's number is missing or no whole number: “%1”</source>
        <translation>缺少分片编号，或编号不是整数：“%1”</translation>
    </message>
    <message>
        <source>the owner (HOST/INSTANCE) is missing or too long: “%1”</source>
        <translation>缺少所属实例（主机/实例），或其过长：“%1”</translation>
    </message>
    <message>
        <source>the number of shards is no whole number: “%1”</source>
        <translation>分片数不是整数：“%1”</translation>
    </message>
    <message>
        <source>the schema's name is too long: “%1”</source>
        <translation>schema 名称过长：“%1”</translation>
    </message>
    <message>
        <source>the DSN is no text or too long</source>
        <translation>DSN 不是文本或过长</translation>
    </message>
    <message>
        <source>the DSN holds a password; passwords do not belong into the map</source>
        <translation>DSN 含有密码；密码不应写入分片表</translation>
    </message>
    <message>
        <source>the same shard stands in line %1 already</source>
        <translation>同一分片已在第 %1 行出现</translation>
    </message>
    <message>
        <source>more than a million shards</source>
        <translation>超过一百万个分片</translation>
    </message>
    <message>
        <source>line %1: %2</source>
        <translation>第 %1 行：%2</translation>
    </message>
    <message>
        <source>two owners</source>
        <translation>有两个所属实例</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>twice on one instance</source>
        <translation>同一实例上重复</translation>
    </message>
    <message>
        <source>the owner has no such schema</source>
        <translation>所属实例上没有该 schema</translation>
    </message>
    <message>
        <source>the owner is not of this fleet</source>
        <translation>所属实例不在本机群中</translation>
    </message>
    <message>
        <source>beyond the number of shards</source>
        <translation>超出分片数</translation>
    </message>
    <message>
        <source>several numbers of shards are said</source>
        <translation>分片数说法不一</translation>
    </message>
    <message>
        <source>rules would change the map</source>
        <translation>规则会改变分片表</translation>
    </message>
    <message>
        <source>a table is missing</source>
        <translation>缺少表</translation>
    </message>
    <message>
        <source>a table that others do not have</source>
        <translation>多出其他分片没有的表</translation>
    </message>
    <message>
        <source>a column is missing</source>
        <translation>缺少列</translation>
    </message>
    <message>
        <source>a column that others do not have</source>
        <translation>多出其他分片没有的列</translation>
    </message>
    <message>
        <source>a column of another type</source>
        <translation>列类型不同</translation>
    </message>
    <message>
        <source>columns in another order</source>
        <translation>列顺序不同</translation>
    </message>
    <message>
        <source>added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>of %1</source>
        <translation>共 %1</translation>
    </message>
    <message>
        <source>%1 instead of %2</source>
        <translation>是 %1，而非 %2</translation>
    </message>
    <message>
        <source>%1 added, %2 changed, %3 removed</source>
        <translation>新增 %1，更改 %2，移除 %3</translation>
    </message>
    <message>
        <source>a rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>an import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>%1 is not of this fleet</source>
        <translation>%1 不在本机群中</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Logical database</source>
        <translation>逻辑库</translation>
    </message>
    <message>
        <source>Shard</source>
        <translation>分片</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>总数</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>Schema</translation>
    </message>
    <message>
        <source>DSN</source>
        <translation>DSN</translation>
    </message>
    <message>
        <source>Known by</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>更改时间</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Shards</source>
        <translation>分片</translation>
    </message>
    <message>
        <source>Table or column</source>
        <translation>表或列</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Pattern of schemas</source>
        <translation>schema 名称模式</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>自</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
</context>
<context>
    <name>zandb::ShardPreviewDialog</name>
    <message>
        <source>Keep shards that the file does not name</source>
        <translation>保留文件中未提到的分片</translation>
    </message>
    <message>
        <source>The map stays as it is</source>
        <translation>分片表保持不变</translation>
    </message>
    <message>
        <source>Nothing can be imported while the file has faults:</source>
        <translation>文件有错误，不会导入任何内容：</translation>
    </message>
    <message>
        <source>%1 as before</source>
        <translation>%1 不变</translation>
    </message>
    <message>
        <source>The map stays as it is.</source>
        <translation>分片表保持不变。</translation>
    </message>
</context>
<context>
    <name>zandb::ShardRuleDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Preview…</source>
        <translation>预览…</translation>
    </message>
    <message>
        <source>Rule of the sharding map — %1</source>
        <translation>分片规则 — %1</translation>
    </message>
    <message>
        <source>the whole fleet</source>
        <translation>整个机群</translation>
    </message>
    <message>
        <source>unknown: the largest number counts</source>
        <translation>未知：以最大编号为准</translation>
    </message>
    <message>
        <source>Logical database</source>
        <translation>逻辑库</translation>
    </message>
    <message>
        <source>Pattern of schemas</source>
        <translation>schema 名称模式</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>Number of shards</source>
        <translation>分片数</translation>
    </message>
    <message>
        <source>DSN</source>
        <translation>DSN</translation>
    </message>
    <message>
        <source>Change a rule</source>
        <translation>更改规则</translation>
    </message>
    <message>
        <source>Add a rule</source>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Schemas whose whole names fit the pattern are shards of the logical database. The pattern is a regular expression with one group where the number stands. Instances that are replicas own none.</source>
        <translation>名称完整匹配该模式的 schema 就是逻辑库的分片。模式是正则表达式，其中一个分组对应编号。从库不拥有分片。</translation>
    </message>
    <message>
        <source>This is no regular expression with exactly one group, such as order_(\d+).</source>
        <translation>这不是恰好含一个分组的正则表达式，例如 order_(\d+)。</translation>
    </message>
    <message>
        <source>The DSN holds a password; passwords do not belong into the map.</source>
        <translation>DSN 含有密码；密码不应写入分片表。</translation>
    </message>
    <message>
        <source>The number of shards is too large.</source>
        <translation>分片数过大。</translation>
    </message>
</context>
<context>
    <name>zandb::ShardsPage</name>
    <message>
        <source>Shards</source>
        <translation>分片</translation>
    </message>
    <message>
        <source>&lt;p&gt;Which instance owns which part of a logical database. A shard comes from a &lt;b&gt;rule&lt;/b&gt;, a pattern of schemas' names such as &lt;code&gt;order_(\d+)&lt;/code&gt; over what snapshots have collected, or from an &lt;b&gt;import&lt;/b&gt; of a file (CSV or JSON with database, shard, owner and where known count, schema, dsn). Both show what they would add, change and remove before anything is written.&lt;/p&gt;&lt;p&gt;&lt;b&gt;Findings&lt;/b&gt; are shards that nobody owns, that two own, that lie twice on an instance, or that are not where the map says. &lt;b&gt;Compare tables&lt;/b&gt; reads the tables of all shown shards through the agents and tells where a shard's tables and columns differ from those of most others.&lt;/p&gt;&lt;p&gt;Ctrl+K finds a shard by name and number, as &lt;code&gt;zandbctl shard find&lt;/code&gt; does.&lt;/p&gt;</source>
        <translation>&lt;p&gt;哪个实例拥有逻辑库的哪一部分。分片来自&lt;b&gt;规则&lt;/b&gt;，即对快照收集到的 schema 名称使用的模式，例如 &lt;code&gt;order_(\d+)&lt;/code&gt;；或来自文件的&lt;b&gt;导入&lt;/b&gt;（CSV 或 JSON，含 database、shard、owner，以及已知时的 count、schema、dsn）。两者在写入之前都会显示将新增、更改和移除什么。&lt;/p&gt;&lt;p&gt;&lt;b&gt;问题&lt;/b&gt;列出无人拥有、被两个实例拥有、在同一实例上重复，或不在分片表所说位置的分片。&lt;b&gt;比较表&lt;/b&gt;通过代理读取所示各分片的表，指出哪个分片的表和列与多数分片不同。&lt;/p&gt;&lt;p&gt;Ctrl+K 按名称和编号查找分片，与 &lt;code&gt;zandbctl shard find&lt;/code&gt; 相同。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>分片表</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Compare tables</source>
        <translation>比较表</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Add a rule…</source>
        <translation>添加规则…</translation>
    </message>
    <message>
        <source>Apply the rules…</source>
        <translation>应用规则…</translation>
    </message>
    <message>
        <source>Change the rule…</source>
        <translation>更改规则…</translation>
    </message>
    <message>
        <source>Remove the rule…</source>
        <translation>移除规则…</translation>
    </message>
    <message>
        <source>No shards are known here</source>
        <translation>这里没有已知的分片</translation>
    </message>
    <message>
        <source>Add a rule that finds them by the names of schemas, or import a file.</source>
        <translation>添加按 schema 名称查找分片的规则，或导入文件。</translation>
    </message>
    <message>
        <source>Nothing was found</source>
        <translation>没有发现问题</translation>
    </message>
    <message>
        <source>“Compare tables” also looks for differences among the tables of shards.</source>
        <translation>“比较表”还会查找各分片的表之间的差异。</translation>
    </message>
    <message>
        <source>There are no rules yet</source>
        <translation>还没有规则</translation>
    </message>
    <message>
        <source>A rule says that schemas whose names fit a pattern are shards of a logical database.</source>
        <translation>规则说明名称匹配某个模式的 schema 是某个逻辑库的分片。</translation>
    </message>
    <message>
        <source>Reading: %1 of %2</source>
        <translation>正在读取：%1/%2</translation>
    </message>
    <message numerus="yes">
        <source>the first %n shard(s)</source>
        <translation>
            <numerusform>前 %n 个分片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s)</source>
        <translation>
            <numerusform>%n 个分片</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n logical database(s)</source>
        <translation>
            <numerusform>%n 个逻辑库</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s)</source>
        <translation>
            <numerusform>%n 个问题</numerusform>
        </translation>
    </message>
    <message>
        <source>tables compared %1</source>
        <translation>表比较于 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s) could not be read</source>
        <translation>
            <numerusform>%n 个分片无法读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Tables are being compared.</source>
        <translation>正在比较表。</translation>
    </message>
    <message>
        <source>No shards are known here.</source>
        <translation>这里没有已知的分片。</translation>
    </message>
    <message>
        <source>There are no rules yet.</source>
        <translation>还没有规则。</translation>
    </message>
    <message>
        <source>Select a shard to see its details.</source>
        <translation>选择一个分片以查看详情。</translation>
    </message>
    <message>
        <source>%1, shard %2</source>
        <translation>%1，分片 %2</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Instance</source>
        <translation>实例</translation>
    </message>
    <message>
        <source>It is not of this fleet.</source>
        <translation>它不在本机群中。</translation>
    </message>
    <message>
        <source>Schema</source>
        <translation>Schema</translation>
    </message>
    <message>
        <source>DSN</source>
        <translation>DSN</translation>
    </message>
    <message>
        <source>Number of shards</source>
        <translation>分片数</translation>
    </message>
    <message>
        <source>Known by</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>更改时间</translation>
    </message>
    <message>
        <source>Select a finding to see its details.</source>
        <translation>选择一个问题以查看详情。</translation>
    </message>
    <message>
        <source>Look at what the rules would change: “Apply the rules…” shows it first.</source>
        <translation>请看规则会改变什么：“应用规则…”会先显示。</translation>
    </message>
    <message>
        <source>Import the map anew, or apply the rules.</source>
        <translation>重新导入分片表，或应用规则。</translation>
    </message>
    <message>
        <source>Table or column</source>
        <translation>表或列</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>实际</translation>
    </message>
    <message>
        <source>Most have</source>
        <translation>多数为</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Select a rule to change it.</source>
        <translation>选择一条规则以更改它。</translation>
    </message>
    <message>
        <source>Pattern of schemas</source>
        <translation>schema 名称模式</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>操作者</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>自</translation>
    </message>
    <message>
        <source>Open the instance</source>
        <translation>打开实例</translation>
    </message>
    <message>
        <source>Holds in</source>
        <translation>范围</translation>
    </message>
</context>
<context>
    <name>zandb::console::ShardsController</name>
    <message>
        <source>the whole fleet</source>
        <translation>整个机群</translation>
    </message>
    <message>
        <source>%1, shard %2</source>
        <translation>%1，分片 %2</translation>
    </message>
    <message>
        <source>shard on %1</source>
        <translation>%1 上的分片</translation>
    </message>
    <message>
        <source>Import shards — %1</source>
        <translation>导入分片 — %1</translation>
    </message>
    <message>
        <source>Import shards from %1</source>
        <translation>从 %1 导入分片</translation>
    </message>
    <message>
        <source>Not done</source>
        <translation>未完成</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Rule of %1</source>
        <translation>%1 的规则</translation>
    </message>
    <message>
        <source>Set the rule</source>
        <translation>设定规则</translation>
    </message>
    <message>
        <source>Remove a rule of %1</source>
        <translation>移除 %1 的规则</translation>
    </message>
    <message>
        <source>Remove the rule</source>
        <translation>移除规则</translation>
    </message>
    <message>
        <source>Apply the rules</source>
        <translation>应用规则</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>The schemas of these instances were not collected yet, by a snapshot: %1</source>
        <translation>这些实例的 schema 尚未由快照收集：%1</translation>
    </message>
    <message numerus="yes">
        <source>%n shard(s) have owners that are not of this fleet: %1</source>
        <translation>
            <numerusform>%n 个分片的所属实例不在本机群中：%1</numerusform>
        </translation>
    </message>
    <message>
        <source>a group that is gone</source>
        <translation>已不存在的分组</translation>
    </message>
</context>
</TS>
