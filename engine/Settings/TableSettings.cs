using Ebb.Core.Settings;
using Ebb.Tables;

namespace Ebb.Engine.Settings;

/// <summary><c>State__Store=tables</c>: which account and which table.</summary>
internal sealed record TableSettings(TableAddress Address, string Table)
{
    /// <summary>Null: state is kept in the cluster, or something is wrong and said.</summary>
    public static TableSettings? Read(SettingsReader reader, StateStoreKind store)
    {
        var connection = reader.Text("State__Connection");
        var endpoint = reader.Text("State__Endpoint");
        var table = reader.Text("State__Table") ?? "ebb";
        if (store != StateStoreKind.Tables)
        {
            if (connection is not null)
                reader.Fault("State__Connection", "expected State__Store to be tables when an account is named");
            if (endpoint is not null)
                reader.Fault("State__Endpoint", "expected State__Store to be tables when an account is named");
            return null;
        }
        if (!TableStateStore.IsTable(table))
            reader.Fault(
                "State__Table",
                "3 to 63 letters and digits, beginning with a letter",
                SettingsReader.Quoted(table)
            );
        if (connection is null == endpoint is null)
        {
            reader.Fault(
                "State__Connection",
                "a connection string here, or an address in State__Endpoint",
                connection is null ? "neither" : "both"
            );
            return null;
        }
        var (address, fault) = connection is not null
            ? TableAddress.FromConnection(connection)
            : TableAddress.FromEndpoint(endpoint!);
        // The text may hold a key: what is wrong is said, what was found is not.
        if (fault is not null)
            reader.Fault(connection is not null ? "State__Connection" : "State__Endpoint", fault);
        return address is null ? null : new TableSettings(address, table);
    }
}
