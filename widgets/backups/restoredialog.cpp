// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/backups/restoredialog.h"

#include "models/common/format.h"
#include "widgets/common/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace zandb {

RestoreDialog::RestoreDialog(const Question &question, QWidget *parent)
    : QDialog(parent), m_question(question), m_hosts(new QComboBox(this)), m_directory(new QLineEdit(this)), m_space(new QLabel(this)),
      m_elsewhere(new QLabel(this)),
      m_typeLabel(new QLabel(this)), m_type(new QLineEdit(this)), m_missing(new QLabel(this)), m_accept(new QPushButton(this))
{
    setObjectName(QStringLiteral("restoreDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Restore — %1").arg(question.profile));
    setMinimumWidth(64 * unit);
    m_hosts->setObjectName(QStringLiteral("restoreHost"));
    m_directory->setObjectName(QStringLiteral("restoreDirectory"));
    m_space->setObjectName(QStringLiteral("restoreSpace"));
    m_type->setObjectName(QStringLiteral("restoreType"));
    m_missing->setObjectName(QStringLiteral("restoreMissing"));
    m_missing->setProperty("muted", true);
    m_missing->setWordWrap(true);
    m_accept->setObjectName(QStringLiteral("restoreAccept"));

    auto *title = new QLabel(tr("Restore %1").arg(question.instance), this);
    title->setProperty("title", true);
    auto *summary = new QLabel(question.summary, this);
    summary->setWordWrap(true);
    auto *what = new QLabel(tr("The host's agent unpacks and prepares the backup there, starts a server of its own on it that nobody else can "
                               "reach, and checks every table. No running server is touched. It is done with your own key."),
                            this);
    what->setWordWrap(true);
    what->setProperty("muted", true);
    m_elsewhere->setWordWrap(true);
    m_elsewhere->setProperty("muted", true);
    m_space->setWordWrap(true);
    m_space->setProperty("muted", true);

    int chosen = 0;
    for (int at = 0; at < question.hosts.size(); ++at) {
        const Host &one = question.hosts[at];
        m_hosts->addItem(one.trouble.isEmpty() ? one.name : tr("%1 (%2)").arg(one.name, one.trouble));
        if (one.id == question.hostId)
            chosen = at;
    }
    m_hosts->setCurrentIndex(question.hosts.isEmpty() ? -1 : chosen);
    m_directory->setText(question.directory);
    m_directory->setPlaceholderText(tr("an absolute path, absent or empty"));

    auto *rows = new QFormLayout;
    rows->setHorizontalSpacing(2 * unit);
    rows->setVerticalSpacing(unit);
    rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    rows->addRow(tr("Host"), m_hosts);
    rows->addRow(QString(), m_elsewhere);
    rows->addRow(tr("Directory"), m_directory);
    rows->addRow(QString(), m_space);
    rows->addRow(m_typeLabel, m_type);
    m_typeLabel->setVisible(question.production);
    m_type->setVisible(question.production);

    auto *cancel = new QPushButton(tr("Cancel"), this);
    cancel->setDefault(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(unit);
    buttons->addWidget(m_missing, 1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_accept);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * unit, 3 * unit, 3 * unit, 2 * unit);
    layout->setSpacing(unit);
    for (QLabel *label : {title, summary, what})
        layout->addWidget(label);
    layout->addSpacing(unit);
    layout->addLayout(rows);
    layout->addSpacing(unit);
    layout->addLayout(buttons);

    connect(m_hosts, &QComboBox::currentIndexChanged, this, [this] {
        m_type->clear();
        check();
    });
    connect(m_directory, &QLineEdit::textChanged, this, &RestoreDialog::check);
    connect(m_type, &QLineEdit::textChanged, this, &RestoreDialog::check);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_accept, &QPushButton::clicked, this, [this] {
        const RestoreRequest request{m_question.backupId, host().id, m_directory->text().trimmed().toStdString()};
        accept();
        Q_EMIT restoreRequested(request);
    });
    check();
    m_directory->setFocus();
}

const RestoreDialog::Host &RestoreDialog::host() const
{
    static const Host none;
    const int at = m_hosts->currentIndex();
    return at < 0 ? none : m_question.hosts[at];
}

void RestoreDialog::check()
{
    const Host &to = host();
    const QString directory = m_directory->text().trimmed();
    m_accept->setText(to.name.isEmpty() ? tr("Restore") : tr("Restore to %1").arg(to.name));
    m_typeLabel->setText(tr("Type %1").arg(to.name));

    m_elsewhere->setText(tr("Only possible if the repository “%1” of this host is the one that holds the backup.").arg(m_question.repository));
    m_elsewhere->setVisible(!to.id.isNull() && to.id != m_question.hostId);

    // the file system the directory would be on, as far as the agent tells of it
    const Disk *disk = nullptr;
    for (const Disk &one : to.disks) {
        const QString root = one.mount.endsWith(QLatin1Char('/')) ? one.mount : one.mount + QLatin1Char('/');
        if ((directory + QLatin1Char('/')).startsWith(root) && (!disk || one.mount.size() > disk->mount.size()))
            disk = &one;
    }
    QString space = tr("Needs %1 there.").arg(bytesText(m_question.bytes));
    if (disk && disk->freeBytes < m_question.bytes)
        space = tr("Needs %1, and only %2 are free on %3.").arg(bytesText(m_question.bytes), bytesText(disk->freeBytes), disk->mount);
    else if (disk)
        space = tr("Needs %1; %2 are free on %3.").arg(bytesText(m_question.bytes), bytesText(disk->freeBytes), disk->mount);
    m_space->setText(space);

    QString missing;
    if (to.name.isEmpty())
        missing = tr("There is no host to restore to.");
    else if (directory.isEmpty())
        missing = tr("The directory is missing.");
    else if (!directory.startsWith(QLatin1Char('/')) || directory.size() < 2)
        missing = tr("The directory must be an absolute path, such as /srv/restore.");
    else if (m_question.production && m_type->text() != to.name)
        missing = tr("This is production: type the host's name first.");
    m_accept->setEnabled(missing.isEmpty());
    m_accept->setToolTip(missing);
    m_missing->setText(missing); // a button that is grey without a word is a riddle
}

} // namespace zandb
