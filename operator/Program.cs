using Ebb.Engine;
using Ebb.Engine.Settings;

var builder = EbbServer.CreateBuilder(args);
var settings = EbbServer.ReadSettings(builder.Configuration, EngineHost.Operator);
if (settings is null)
    return EbbServer.ExitSettings;
return await EbbServer.TellFailureAsync(() =>
    EbbServer.RunAloneAsync(builder, settings, EbbServer.Real(settings.Cluster!))
);
