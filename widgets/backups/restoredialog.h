// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"

#include <QDialog>
#include <QList>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace zandb {

/// Asks where a backup is to be restored to.  Window-modal; opened without a nested event loop.
class RestoreDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Disk
    {
        QString mount;
        qint64 freeBytes = 0;
    };
    struct Host
    {
        Uuid id;
        QString name;
        QString trouble;   ///< why it cannot be asked now; empty: it answers
        QList<Disk> disks; ///< those its agent tells of
    };
    struct Question
    {
        QString profile;      ///< in the title
        bool production = false; ///< the host's name must be typed
        Uuid backupId;
        QString instance;     ///< "db1/my3306"
        QString summary;      ///< when it was taken, how, how large
        qint64 bytes = 0;     ///< what it needs unpacked
        QString repository;   ///< where it lies, as the host it was taken on names it
        QList<Host> hosts;
        Uuid hostId;          ///< chosen at first: where the backup lies
        QString directory;    ///< suggested
    };
    explicit RestoreDialog(const Question &question, QWidget *parent = nullptr);

Q_SIGNALS:
    void restoreRequested(const zandb::RestoreRequest &request);

private:
    const Host &host() const;
    void check();

    Question m_question;
    QComboBox *m_hosts;
    QLineEdit *m_directory;
    QLabel *m_space;
    QLabel *m_elsewhere;
    QLabel *m_typeLabel;
    QLineEdit *m_type;
    QLabel *m_missing;
    QPushButton *m_accept;
};

} // namespace zandb
