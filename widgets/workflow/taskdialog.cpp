// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/taskdialog.h"

#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/scope.h"
#include "models/schedule/schedule.h"
#include "models/workflow/runtext.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/taskfields.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QTabWidget>
#include <QTimeZone>
#include <QToolButton>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {

using namespace taskfields;

namespace {

QFormLayout *formIn(QWidget *widget)
{
    auto *form = new QFormLayout(widget);
    form->setContentsMargins(2 * unit, 2 * unit, 2 * unit, unit);
    form->setHorizontalSpacing(2 * unit);
    form->setVerticalSpacing(unit);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    return form;
}

} // namespace

TaskDialog::TaskDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_question(question), m_name(new QLineEdit(this)), m_kind(new QComboBox(this)), m_enabled(new QCheckBox(tr("Runs on its schedule"), this)),
      m_tabs(new QTabWidget(this)), m_every(new QComboBox), m_at(new QLineEdit), m_days(new QWidget), m_monthDays(new QLineEdit), m_number(new QSpinBox),
      m_length(new QComboBox), m_zone(new QComboBox), m_windowFrom(new QLineEdit), m_windowTo(new QLineEdit), m_method(new QComboBox), m_repository(new QComboBox),
      m_keep(new QSpinBox), m_within(new QSpinBox), m_script(new QLineEdit), m_values(new QLineEdit), m_each(new QComboBox), m_tree(new QTreeWidget), m_labels(new QLineEdit), m_flavour(new QComboBox), m_role(new QComboBox), m_names(new QLineEdit),
      m_core(new QComboBox), m_except(new QLineEdit), m_source(new QComboBox), m_catchUp(new QComboBox), m_deadline(new QSpinBox), m_overlap(new QComboBox),
      m_windowEnd(new QComboBox), m_retries(new QSpinBox), m_perTask(new QSpinBox), m_perHost(new QSpinBox), m_perRepository(new QSpinBox), m_dues(new QListWidget(this)),
      m_hitsTitle(new QLabel(this)), m_hits(new QTreeWidget(this)), m_missing(new QLabel(this)), m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("taskDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle((question.fresh ? tr("New task — %1") : tr("Change task — %1")).arg(question.profile));
    resize(120 * unit, 78 * unit);
    const std::pair<QWidget *, const char *> names[] = {
        {m_name, "taskName"}, {m_kind, "taskKind"}, {m_enabled, "taskEnabled"}, {m_tabs, "taskTabs"}, {m_every, "taskEvery"}, {m_at, "taskAt"}, {m_monthDays, "taskMonthDays"},
        {m_number, "taskNumber"}, {m_length, "taskLength"}, {m_zone, "taskZone"}, {m_windowFrom, "taskWindowFrom"}, {m_windowTo, "taskWindowTo"}, {m_method, "taskMethod"},
        {m_repository, "taskRepository"}, {m_keep, "taskKeep"}, {m_within, "taskWithin"}, {m_script, "taskScript"}, {m_values, "taskValues"}, {m_each, "taskEach"}, {m_tree, "taskTree"}, {m_labels, "taskLabels"}, {m_flavour, "taskFlavour"},
        {m_role, "taskRole"}, {m_names, "taskNames"}, {m_core, "taskCore"}, {m_except, "taskExcept"}, {m_source, "taskSource"}, {m_catchUp, "taskCatchUp"},
        {m_deadline, "taskDeadline"}, {m_overlap, "taskOverlap"}, {m_dues, "taskDues"}, {m_hits, "taskHits"}, {m_hitsTitle, "taskHitsTitle"}, {m_missing, "taskMissing"},
        {m_accept, "taskAccept"}, {m_retries, "taskRetries"}, {m_perHost, "taskPerHost"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    for (const std::string &kind : question.kinds)
        m_kind->addItem(kindText(kind), qs(kind));
    m_kind->setEnabled(question.fresh);
    m_name->setPlaceholderText(tr("e.g. nightly backup"));
    m_tabs->addTab(whenTab(), tr("What and when"));
    m_tabs->addTab(whomTab(), tr("For what"));
    m_tabs->addTab(rulesTab(), tr("Rules"));

    auto *head = new QFormLayout;
    head->setHorizontalSpacing(2 * unit);
    head->setVerticalSpacing(unit);
    head->addRow(tr("Name"), m_name);
    head->addRow(tr("Kind"), m_kind);
    head->addRow(QString(), m_enabled);
    auto *left = new QVBoxLayout;
    left->setSpacing(unit);
    left->addLayout(head);
    left->addWidget(m_tabs, 1);
    auto *duesTitle = new QLabel(tr("Next occurrences, in your time zone"), this);
    duesTitle->setProperty("title", true);
    m_hitsTitle->setProperty("title", true);
    m_dues->setSelectionMode(QAbstractItemView::NoSelection);
    m_dues->setFocusPolicy(Qt::NoFocus);
    m_hits->setHeaderHidden(true);
    m_hits->setRootIsDecorated(false);
    m_hits->setUniformRowHeights(true);
    m_hits->setColumnCount(2);
    m_hits->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    auto *right = new QVBoxLayout;
    right->setSpacing(unit);
    right->addWidget(duesTitle);
    right->addWidget(m_dues, 2);
    right->addWidget(m_hitsTitle);
    right->addWidget(m_hits, 3);
    auto *both = new QHBoxLayout;
    both->setSpacing(3 * unit);
    both->addLayout(left, 3);
    both->addLayout(right, 2);
    m_missing->setWordWrap(true);
    m_missing->setProperty("muted", true);
    auto *cancel = new QPushButton(tr("Cancel"), this);
    m_accept->setText(question.fresh ? tr("Create the task") : tr("Save the changes"));
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_accept);
    (question.production ? cancel : m_accept)->setDefault(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(2 * unit);
    layout->addLayout(both, 1);
    layout->addLayout(buttons);

    m_ask.setSingleShot(true);
    m_ask.setInterval(150);
    connect(&m_ask, &QTimer::timeout, this, [this] {
        if (const auto made = task())
            Q_EMIT previewRequested(*made);
    });
    show(question.task);
    for (QLineEdit *edit : findChildren<QLineEdit *>())
        connect(edit, &QLineEdit::textChanged, this, &TaskDialog::check);
    for (QComboBox *box : findChildren<QComboBox *>())
        connect(box, &QComboBox::currentIndexChanged, this, &TaskDialog::check);
    for (QSpinBox *box : findChildren<QSpinBox *>())
        connect(box, &QSpinBox::valueChanged, this, &TaskDialog::check);
    for (QToolButton *day : m_day)
        connect(day, &QToolButton::toggled, this, &TaskDialog::check);
    connect(m_enabled, &QCheckBox::toggled, this, &TaskDialog::check);
    connect(m_tree, &QTreeWidget::itemChanged, this, &TaskDialog::check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        const auto made = task();
        if (!made)
            return;
        accept();
        Q_EMIT saveRequested(*made);
    });
    check();
    m_name->setFocus();
}

QWidget *TaskDialog::whenTab()
{
    auto *tab = new QWidget(this);
    m_when = formIn(tab);
    for (const auto &[word, text] : {std::pair{"day", tr("Every day")}, std::pair{"week", tr("On days of the week")}, std::pair{"month", tr("On days of the month")},
                                     std::pair{"interval", tr("Again and again")}, std::pair{"once", tr("Once")}})
        m_every->addItem(text, QString::fromLatin1(word));
    auto *days = new QHBoxLayout(m_days);
    days->setContentsMargins(0, 0, 0, 0);
    days->setSpacing(2);
    for (int day = 1; day <= 7; ++day) {
        auto *button = new QToolButton(m_days);
        button->setText(QLocale().dayName(day, QLocale::ShortFormat));
        button->setCheckable(true);
        button->setObjectName(QStringLiteral("taskDay-") + QString::fromLatin1(dayWords[static_cast<std::size_t>(day) - 1]));
        days->addWidget(button);
        m_day << button;
    }
    days->addStretch();
    m_monthDays->setPlaceholderText(QStringLiteral("1, 15, last"));
    m_number->setRange(1, 10'000);
    for (const auto &[seconds, text] : {std::pair{60, tr("minutes")}, std::pair{3600, tr("hours")}, std::pair{86'400, tr("days")}, std::pair{1, tr("seconds")}})
        m_length->addItem(text, seconds);
    auto *interval = new QHBoxLayout;
    interval->addWidget(m_number);
    interval->addWidget(m_length);
    interval->addStretch();
    m_zone->setEditable(true);
    m_zone->setInsertPolicy(QComboBox::NoInsert);
    for (const QByteArray &zone : QTimeZone::availableTimeZoneIds())
        m_zone->addItem(QString::fromLatin1(zone));
    m_windowFrom->setPlaceholderText(QStringLiteral("22:00"));
    m_windowTo->setPlaceholderText(QStringLiteral("06:00"));
    auto *window = new QHBoxLayout;
    window->addWidget(m_windowFrom);
    window->addWidget(new QLabel(QStringLiteral("\u2013"), tab));
    window->addWidget(m_windowTo);
    window->addStretch();
    m_when->addRow(tr("Repeat"), m_every);
    m_when->addRow(tr("On"), m_days);
    m_when->addRow(tr("Days"), m_monthDays);
    m_when->addRow(tr("At"), m_at);
    m_when->addRow(tr("Every"), interval);
    m_when->addRow(tr("Time zone"), m_zone);
    m_when->addRow(tr("Only between"), window);
    for (const auto &[word, text] : {std::pair{"auto", tr("Automatic: physical where possible")}, std::pair{"physical", tr("Physical: the server's files")},
                                     std::pair{"logical", tr("Logical: a dump by the server's own tool")}, std::pair{"mydumper", tr("Logical: a dump by mydumper")},
                                     std::pair{"clone", tr("Clone plugin (MySQL)")}})
        m_method->addItem(text, QString::fromLatin1(word));
    m_repository->setEditable(true);
    m_repository->setInsertPolicy(QComboBox::NoInsert);
    m_repository->addItems(m_question.repositories.isEmpty() ? QStringList{QStringLiteral("local")} : m_question.repositories);
    m_keep->setRange(0, 100'000);
    m_keep->setSpecialValueText(tr("all"));
    m_within->setRange(1, 3650);
    m_within->setSuffix(tr(" days"));
    m_when->addRow(tr("Method"), m_method);
    m_when->addRow(tr("Repository"), m_repository);
    m_when->addRow(tr("Backups to keep"), m_keep);
    m_when->addRow(tr("Proved within"), m_within);
    m_script->setPlaceholderText(tr("name in the catalogue of the hosts"));
    m_values->setPlaceholderText(QStringLiteral("days=7; mode=soft"));
    m_each->addItem(tr("Each instance"), QStringLiteral("instance"));
    m_each->addItem(tr("Each host"), QStringLiteral("host"));
    m_when->addRow(tr("Script"), m_script);
    m_when->addRow(tr("Values"), m_values);
    m_when->addRow(tr("Once for"), m_each);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(tab);
    return scroll;
}

QWidget *TaskDialog::whomTab()
{
    auto *tab = new QWidget(this);
    auto *form = formIn(tab);
    m_tree->setHeaderHidden(true);
    m_tree->setMinimumHeight(12 * unit);
    m_labels->setPlaceholderText(tr("all of these, e.g. pci, tier=1"));
    m_names->setPlaceholderText(tr("patterns, e.g. db*/my33*"));
    m_except->setPlaceholderText(tr("e.g. db1/my3306, db2/my3307"));
    m_flavour->addItem(tr("any server"), QString());
    m_flavour->addItem(QStringLiteral("MariaDB"), QStringLiteral("mariadb"));
    m_flavour->addItem(QStringLiteral("MySQL"), QStringLiteral("mysql"));
    for (const auto &[word, text] : {std::pair{"", tr("any role")}, std::pair{"primary", tr("primaries")}, std::pair{"replica", tr("replicas")},
                                     std::pair{"least_lag", tr("of each set the replica with the least lag")}})
        m_role->addItem(text, QString::fromLatin1(word));
    for (const auto &[word, text] : {std::pair{"", tr("core or not")}, std::pair{"yes", tr("core only")}, std::pair{"no", tr("not core")}})
        m_core->addItem(text, QString::fromLatin1(word));
    m_source->addItem(tr("one of each replication set, a healthy replica first"), QStringLiteral("replica_else_primary"));
    m_source->addItem(tr("each instance"), QStringLiteral("as_named"));
    form->addRow(m_tree);
    form->addRow(tr("But not"), m_except);
    form->addRow(tr("Labels"), m_labels);
    form->addRow(tr("Names"), m_names);
    form->addRow(tr("Server"), m_flavour);
    form->addRow(tr("Role"), m_role);
    form->addRow(tr("Core"), m_core);
    form->addRow(tr("Reads from"), m_source);
    fillTree();
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(tab);
    return scroll;
}

QWidget *TaskDialog::rulesTab()
{
    auto *tab = new QWidget(this);
    auto *form = formIn(tab);
    for (const auto &[word, text] : {std::pair{"last", tr("the last one only")}, std::pair{"skip", tr("nothing")}, std::pair{"all", tr("all, up to 100")}})
        m_catchUp->addItem(text, QString::fromLatin1(word));
    for (const auto &[word, text] : {std::pair{"skip", tr("skip the new one")}, std::pair{"queue_one", tr("let one wait")}, std::pair{"cancel_other", tr("cancel the old one")},
                                     std::pair{"allow", tr("run both")}})
        m_overlap->addItem(text, QString::fromLatin1(word));
    m_windowEnd->addItem(tr("let it go on"), QStringLiteral("continue"));
    m_windowEnd->addItem(tr("cancel it"), QStringLiteral("cancel"));
    m_deadline->setRange(0, 7 * 24 * 60);
    m_deadline->setSpecialValueText(tr("6 hours; 10 min for intervals"));
    m_deadline->setSuffix(tr(" min"));
    m_retries->setRange(0, 3);
    for (QSpinBox *box : {m_perTask, m_perHost, m_perRepository}) {
        box->setRange(0, 1000);
        box->setSpecialValueText(tr("no limit"));
    }
    form->addRow(tr("After an outage, make up for"), m_catchUp);
    form->addRow(tr("Starts at most so late"), m_deadline);
    form->addRow(tr("While the one before still runs"), m_overlap);
    form->addRow(tr("When the window closes"), m_windowEnd);
    form->addRow(tr("Automatic retries"), m_retries);
    form->addRow(tr("At once, of this task"), m_perTask);
    form->addRow(tr("At once, on a host"), m_perHost);
    form->addRow(tr("At once, in a repository"), m_perRepository);
    return tab;
}

void TaskDialog::fillTree()
{
    const Fleet &fleet = m_question.fleet;
    const auto make = [](QTreeWidgetItem *item, const char *kind, const QString &name, const Uuid &id) {
        item->setText(0, name);
        item->setData(0, kindRole, QString::fromLatin1(kind));
        item->setData(0, idRole, QVariant::fromValue(id));
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(0, Qt::Unchecked);
        return item;
    };
    auto *all = make(new QTreeWidgetItem(m_tree), "all", tr("Whole fleet"), Uuid{});
    std::map<Uuid, QTreeWidgetItem *> groups;
    std::vector<Group> sorted = fleet.groups;
    std::ranges::sort(sorted, {}, [&](const Group &group) { return groupPath(fleet, group.id); });
    for (const Group &group : sorted)
        groups[group.id] = make(new QTreeWidgetItem(all), "group", groupPath(fleet, group.id), group.id);
    std::map<Uuid, QTreeWidgetItem *> hosts;
    for (const Host &host : fleet.hosts) {
        const auto group = host.groupId ? groups.find(*host.groupId) : groups.end();
        hosts[host.id] = make(new QTreeWidgetItem(group == groups.end() ? all : group->second), "host", qs(host.name), host.id);
    }
    for (const InstanceRecord &record : fleet.instances) {
        if (const auto host = hosts.find(record.instance.hostId); host != hosts.end() && record.state != "gone")
            make(new QTreeWidgetItem(host->second), "instance", qs(record.instance.name), record.instance.id);
    }
    all->setExpanded(true);
    for (auto &[id, item] : groups)
        item->setExpanded(groups.size() < 8);
}

void TaskDialog::show(const Task &task)
{
    m_filling = true;
    m_name->setText(qs(task.name));
    choose(m_kind, task.kind);
    m_enabled->setChecked(task.enabled);
    const bool readable = Schedule::fromJson(task.schedule).has_value();
    const Json schedule = readable ? task.schedule : Json{{"every", "day"}, {"at", "02:30"}, {"zone", systemZone()}};
    const std::string every = schedule["every"].get<std::string>();
    choose(m_every, every);
    QStringList at;
    if (schedule.contains("at")) {
        for (const Json &one : schedule["at"].is_array() ? schedule["at"] : Json::array({schedule["at"]}))
            at << qs(one.get<std::string>());
    }
    m_at->setText(every == "interval" ? QStringLiteral("02:30") : at.join(QStringLiteral(", ")));
    QStringList monthDays;
    for (const Json &day : schedule.contains("on") && schedule["on"].is_array() ? schedule["on"] : Json::array()) {
        monthDays << (day.is_string() ? qs(day.get<std::string>()) : QString::number(day.get<int>()));
        for (std::size_t i = 0; every == "week" && i < dayWords.size(); ++i) {
            if (day == dayWords[i])
                m_day[static_cast<int>(i)]->setChecked(true);
        }
    }
    m_monthDays->setText(every == "month" ? monthDays.join(QStringLiteral(", ")) : QStringLiteral("1"));
    const std::int64_t seconds = every == "interval" ? schedule["seconds"].get<std::int64_t>() : 3600;
    for (const int length : {86'400, 3600, 60, 1}) {
        if (seconds % length == 0) {
            m_length->setCurrentIndex(m_length->findData(length));
            m_number->setValue(static_cast<int>(seconds / length));
            break;
        }
    }
    m_zone->setCurrentText(qs(schedule.contains("zone") ? schedule["zone"].get<std::string>() : systemZone()));
    const Policies &p = task.policies;
    m_windowFrom->setText(qs(p.windowFrom));
    m_windowTo->setText(qs(p.windowTo));
    choose(m_method, task.args.value("method", std::string("auto")));
    m_repository->setCurrentText(qs(task.args.value("repository", std::string("local"))));
    m_keep->setValue(p.keep);
    m_within->setValue(static_cast<int>(task.args.value("withinDays", std::int64_t{7})));
    m_script->setText(qs(task.args.value("script", std::string())));
    m_values->setText(valuesText(task.args.value("parameters", Json::object())));
    choose(m_each, task.args.value("each", std::string("instance")));
    const Selector &s = task.selector;
    for (QTreeWidgetItemIterator it(m_tree); *it; ++it) {
        const QString kind = (*it)->data(0, kindRole).toString();
        const Uuid id = (*it)->data(0, idRole).value<Uuid>();
        const auto has = [&](const std::vector<Uuid> &ids) { return std::ranges::find(ids, id) != ids.end(); };
        const bool on = kind == QLatin1String("all") ? s.all : kind == QLatin1String("group") ? has(s.groups) : kind == QLatin1String("host") ? has(s.hosts) : has(s.instances);
        (*it)->setCheckState(0, on ? Qt::Checked : Qt::Unchecked);
        for (QTreeWidgetItem *up = on ? (*it)->parent() : nullptr; up; up = up->parent())
            up->setExpanded(true);
    }
    m_labels->setText(joined(s.labels));
    m_names->setText(joined(s.names));
    m_flavour->setCurrentIndex(s.flavours.size() == 1 ? std::max(0, m_flavour->findData(qs(s.flavours.front()))) : 0);
    choose(m_role, s.role);
    m_core->setCurrentIndex(!s.core ? 0 : *s.core ? 1 : 2);
    QStringList except;
    for (const Uuid &id : s.except)
        except << qs(m_question.fleet.pathOf(id));
    m_except->setText(except.join(QStringLiteral(", ")));
    choose(m_source, p.source);
    choose(m_catchUp, p.catchUp);
    choose(m_overlap, p.overlap);
    choose(m_windowEnd, p.atWindowEnd);
    m_deadline->setValue(static_cast<int>(p.startDeadlineSeconds.value_or(0) / 60));
    m_retries->setValue(p.maxRetries);
    m_perTask->setValue(p.perTask);
    m_perHost->setValue(p.perHost);
    m_perRepository->setValue(p.perRepository);
    m_filling = false;
}

/// Only the fields that mean something for this kind and schedule.
void TaskDialog::showFields()
{
    const std::string every = chosen(m_every);
    const std::string kind = chosen(m_kind);
    const auto row = [this](QWidget *field, bool on) { m_when->setRowVisible(field, on); };
    row(m_days, every == "week");
    row(m_monthDays, every == "month");
    row(m_at, every != "interval");
    m_when->setRowVisible(4, every == "interval");
    row(m_zone, every != "interval" || !m_windowFrom->text().isEmpty());
    m_at->setPlaceholderText(every == "once" ? QStringLiteral("2026-12-24 02:30") : QStringLiteral("02:30, 14:00"));
    row(m_method, takes(kind, "method"));
    row(m_repository, takes(kind, "repository"));
    row(m_keep, takes(kind, "keep"));
    row(m_within, takes(kind, "within"));
    for (QWidget *field : std::initializer_list<QWidget *>{m_script, m_values, m_each})
        row(field, takes(kind, "script"));
    m_source->setEnabled(m_role->currentIndex() == 0 && std::ranges::find(m_question.eachInstance, kind) == m_question.eachInstance.end());
}

void TaskDialog::check()
{
    if (m_filling)
        return;
    showFields();
    const auto made = task();
    m_accept->setEnabled(false); // until its preview says that it can be saved
    if (made) {
        m_missing->setText(tr("Looking what would come of this…"));
        m_ask.start();
        return;
    }
    m_ask.stop();
    const auto detail = made.error().fields.find("detail");
    const bool said = made.error().code == "usage" && detail != made.error().fields.end(); // by this dialog
    m_missing->setText(said ? qs(detail->second) : errorSummary(made.error()));
}

void TaskDialog::setPreview(const TaskPreview &preview, const QString &wrongText)
{
    m_dues->clear();
    for (const TaskPreview::Due &due : preview.dues) {
        QString text = localTimeText(due.at).left(16);
        if (due.leftOut)
            text += tr(" · left out");
        else if (due.starts != due.at)
            text += tr(" · starts %1").arg(localTimeText(due.starts).left(16));
        auto *item = new QListWidgetItem(text, m_dues);
        item->setToolTip(exactTimeText(due.at));
    }
    if (preview.dues.empty())
        new QListWidgetItem(tr("It will not be due any more."), m_dues);
    m_hits->clear();
    for (const QString &hit : preview.hits) {
        auto *item = new QTreeWidgetItem(m_hits, {hit, tr("target")});
        item->setForeground(1, lookColours(Look::Ok, isDark(palette())).text);
    }
    for (const auto &[instance, why] : preview.misses) {
        auto *item = new QTreeWidgetItem(m_hits, {instance, why});
        item->setForeground(0, mutedText(palette()));
        item->setForeground(1, mutedText(palette()));
    }
    m_hitsTitle->setText(tr("%n target(s) now", nullptr, static_cast<int>(preview.hits.size())) + QStringLiteral(" · ")
                         + tr("%n missed", nullptr, static_cast<int>(preview.misses.size())));
    m_missing->setText(!wrongText.isEmpty() ? wrongText : preview.hits.empty() ? tr("It has no target now, and does nothing until it has one.") : QString());
    m_accept->setEnabled(wrongText.isEmpty() && task().has_value());
}

} // namespace zandb
