// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/backupdialog.h"

#include "models/common/format.h"
#include "widgets/common/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <map>
#include <set>

namespace zandb {

BackupDialog::BackupDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_question(question), m_method(new QComboBox(this)), m_methodNote(new QLabel(this)), m_repository(new QComboBox(this)),
      m_repositoryNote(new QLabel(this)), m_type(new QLineEdit(this)), m_missing(new QLabel(this)), m_accept(new QPushButton(this))
{
    const int count = static_cast<int>(question.instances.size());
    const QString what = count == 1 ? tr("Back up %1").arg(question.instances.front().name) : tr("Back up %n instance(s)", nullptr, count);
    setObjectName(QStringLiteral("backupDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Back up — %1").arg(question.profile));
    setMinimumWidth(64 * unit);
    m_method->setObjectName(QStringLiteral("backupMethod"));
    m_repository->setObjectName(QStringLiteral("backupRepository"));
    m_type->setObjectName(QStringLiteral("backupType"));
    m_missing->setObjectName(QStringLiteral("backupMissing"));
    m_accept->setObjectName(QStringLiteral("backupAccept"));
    m_accept->setText(what);
    auto *title = new QLabel(what, this);
    title->setProperty("title", true);
    title->setWordWrap(true);
    auto *text = new QLabel(summary(), this);
    text->setObjectName(QStringLiteral("backupSummary"));
    text->setWordWrap(true);
    for (QLabel *note : {m_methodNote, m_repositoryNote, m_missing}) {
        note->setWordWrap(true);
        note->setProperty("muted", true);
    }
    addMethods();
    addRepositories();

    auto *rows = new QFormLayout;
    rows->setHorizontalSpacing(2 * unit);
    rows->setVerticalSpacing(unit);
    rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    rows->addRow(tr("Method"), m_method);
    rows->addRow(QString(), m_methodNote);
    rows->addRow(tr("Repository"), m_repository);
    rows->addRow(QString(), m_repositoryNote);
    if (!question.typeToConfirm.isEmpty())
        rows->addRow(tr("Type %1").arg(question.typeToConfirm), m_type);
    m_type->setVisible(!question.typeToConfirm.isEmpty());

    auto *cancel = new QPushButton(tr("Cancel"), this);
    (question.production ? cancel : m_accept)->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(title);
    layout->addWidget(text);
    if (count > 1)
        layout->addWidget(instanceList());
    layout->addSpacing(unit);
    layout->addLayout(rows);
    layout->addStretch();
    layout->addSpacing(unit);
    layout->addLayout(buttons);

    connect(m_method, &QComboBox::currentIndexChanged, this, &BackupDialog::check);
    connect(m_repository, &QComboBox::currentTextChanged, this, &BackupDialog::check);
    connect(m_type, &QLineEdit::textChanged, this, &BackupDialog::check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, &BackupDialog::takeWish);
    check();
    m_method->setFocus();
}

/// Where, and how much.
QString BackupDialog::summary() const
{
    std::set<QString> hosts;
    qint64 bytes = 0;
    int unknown = 0;
    for (const Instance &instance : m_question.instances) {
        hosts.insert(instance.host);
        bytes += instance.bytes.value_or(0);
        unknown += instance.bytes ? 0 : 1;
    }
    QStringList parts;
    if (m_question.instances.size() > 1)
        parts << tr("On %n host(s).", nullptr, static_cast<int>(hosts.size()));
    if (unknown < m_question.instances.size())
        parts << tr("%1 of data are read there.").arg(bytesText(bytes));
    if (unknown > 0)
        parts << (m_question.instances.size() == 1 ? tr("How much data it holds is not known.")
                                                   : tr("How much data %n of them hold(s) is not known.", nullptr, unknown));
    return parts.join(QLatin1Char(' '));
}

QWidget *BackupDialog::instanceList()
{
    auto *list = new QListWidget(this);
    list->setObjectName(QStringLiteral("backupInstances"));
    list->setUniformItemSizes(true);
    list->setTextElideMode(Qt::ElideMiddle); // which one and how much stands at the end
    list->setSelectionMode(QAbstractItemView::NoSelection);
    for (const Instance &instance : m_question.instances)
        list->addItem(instance.bytes ? tr("%1: %2").arg(instance.name, bytesText(*instance.bytes)) : instance.name);
    constexpr int most = 7;
    const int rows = std::min<int>(static_cast<int>(m_question.instances.size()), most);
    list->setFixedHeight(rows * std::max(list->sizeHintForRow(0), 16) + unit);
    return list;
}

void BackupDialog::addMethods()
{
    m_method->addItem(tr("Automatic: physical where possible"), QStringLiteral("auto"));
    m_method->addItem(tr("Physical: the server's files"), QStringLiteral("physical"));
    m_method->addItem(tr("Logical: a dump by the server's own tool"), QStringLiteral("logical"));
    m_method->addItem(tr("Logical: a dump by mydumper"), QStringLiteral("mydumper"));
    m_method->addItem(tr("Clone plugin (MySQL)"), QStringLiteral("clone"));
}

/// Those that all of the hosts have come first, since only they do for all.
void BackupDialog::addRepositories()
{
    std::map<QString, int> having;
    std::set<QString> told;
    for (const Instance &instance : m_question.instances) {
        if (!instance.repositories || !told.insert(instance.host).second)
            continue;
        for (const QString &name : *instance.repositories)
            ++having[name];
    }
    std::vector<std::pair<QString, int>> names(having.begin(), having.end());
    std::ranges::stable_sort(names, [](const auto &a, const auto &b) {
        return std::pair(-a.second, a.first != QLatin1String("local")) < std::pair(-b.second, b.first != QLatin1String("local"));
    });
    if (names.empty())
        names.emplace_back(QStringLiteral("local"), 0);
    for (const auto &[name, count] : names)
        m_repository->addItem(name);
    m_repository->setEditable(having.empty()); // no agent has told which there are
}

void BackupDialog::check()
{
    static const std::map<QString, const char *> notes{
        {QStringLiteral("auto"), QT_TR_NOOP("mariadb-backup for MariaDB, the clone plugin for MySQL; a dump where neither can be used.")},
        {QStringLiteral("physical"), QT_TR_NOOP("The fastest to restore. Needs the tool or the plugin on the host.")},
        {QStringLiteral("logical"), QT_TR_NOOP("mariadb-dump or mysqldump: works everywhere, and takes long to restore when there is much data.")},
        {QStringLiteral("mydumper"), QT_TR_NOOP("Several threads. For MariaDB, and MySQL before 8.4.")},
        {QStringLiteral("clone"), QT_TR_NOOP("Copies beside the data directory first: there must be room for all data once more.")}};
    m_methodNote->setText(tr(notes.at(m_method->currentData().toString())));
    std::set<QString> without;
    for (const Instance &instance : m_question.instances) {
        if (instance.repositories && !instance.repositories->contains(m_repository->currentText()))
            without.insert(instance.host);
    }
    QString note;
    if (!without.empty()) {
        QStringList names(without.begin(), without.end());
        if (names.size() > 3)
            names = names.mid(0, 3) << QStringLiteral("…");
        note = tr("%n host(s) have no repository of this name: %1. Their backups will fail.", nullptr, static_cast<int>(without.size()))
                   .arg(names.join(tr(", ")));
    }
    m_repositoryNote->setText(note);
    m_repositoryNote->setVisible(!note.isEmpty());
    QString missing;
    if (m_repository->currentText().trimmed().isEmpty())
        missing = tr("The repository is missing.");
    else if (m_type->text() != m_question.typeToConfirm)
        missing = tr("This is production: type %1 first.").arg(m_question.typeToConfirm);
    m_accept->setEnabled(missing.isEmpty());
    m_accept->setToolTip(missing);
    m_missing->setText(missing); // a button that is grey without a word is a riddle
}

void BackupDialog::takeWish()
{
    BackupWish wish;
    for (const Instance &instance : m_question.instances)
        wish.instances.push_back(instance.id);
    wish.method = m_method->currentData().toString().toStdString();
    wish.repository = m_repository->currentText().trimmed().toStdString();
    accept();
    Q_EMIT backupRequested(wish);
}

} // namespace zandb
