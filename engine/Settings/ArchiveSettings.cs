using Ebb.Core.Settings;
using Ebb.Tables;

namespace Ebb.Engine.Settings;

/// <summary>The archive in Azure Table storage: which account and which table.</summary>
internal sealed record ArchiveSettings(TableAddress Address, string Table)
{
    /// <summary>Null: there is none, or something is wrong and said.</summary>
    public static ArchiveSettings? Read(SettingsReader reader)
    {
        var connection = reader.Text("Archive__Connection");
        var endpoint = reader.Text("Archive__Endpoint");
        var table = reader.Text("Archive__Table") ?? "ebb";
        if (!TableArchive.IsTable(table))
            reader.Fault(
                "Archive__Table",
                // Somebody may have put the address there, and a signature with it.
                "expected 3 to 63 letters and digits, beginning with a letter, found something else"
            );
        if (connection is null && endpoint is null)
            return null;
        if (connection is not null && endpoint is not null)
        {
            reader.Fault("Archive__Connection", "a connection string here, or an address in Archive__Endpoint", "both");
            return null;
        }
        var (address, fault) = connection is not null
            ? TableAddress.FromConnection(connection)
            : TableAddress.FromEndpoint(endpoint!);
        // The text may hold a key: what is wrong is said, what was found is not.
        if (fault is not null)
            reader.Fault(connection is not null ? "Archive__Connection" : "Archive__Endpoint", fault);
        return address is null ? null : new ArchiveSettings(address, table);
    }
}
