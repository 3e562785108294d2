// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"

#include <QDialog>
#include <QList>
#include <QStringList>

#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace zandb {

/// Says what is to be backed up, where and how much it is, and asks for method and repository.  Window-modal; opened without
/// a nested event loop.
class BackupDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Instance
    {
        Uuid id;
        QString name;                ///< "db1/my3306"
        QString host;                ///< "db1"
        std::optional<qint64> bytes; ///< of its data; none: not known
        std::optional<QStringList> repositories; ///< of its host; none: not known
    };
    struct Question
    {
        QString profile;         ///< in the title
        bool production = false; ///< cancelling is the default
        QString typeToConfirm;   ///< not empty: this must be typed first
        QList<Instance> instances; ///< at least one
    };
    explicit BackupDialog(const Question &question, QWidget *parent = nullptr);

Q_SIGNALS:
    void backupRequested(const zandb::BackupWish &wish);

private:
    QString summary() const;
    QWidget *instanceList();
    void addMethods();
    void addRepositories();
    void check();
    void takeWish();

    Question m_question;
    QComboBox *m_method;
    QLabel *m_methodNote;
    QComboBox *m_repository;
    QLabel *m_repositoryNote;
    QLineEdit *m_type;
    QLabel *m_missing;
    QPushButton *m_accept;
};

} // namespace zandb
