using Ebb.Engine;
using Ebb.Engine.Commands;
using Ebb.Engine.Settings;

var line = CommandLine.Read(args);
if (EbbServer.Answer(line, "Ebb.Operator") is { } answered)
    return answered;
var builder = EbbServer.CreateBuilder(line.Settings);
var settings = EbbServer.ReadSettings(builder.Configuration, EngineHost.Operator, line.Command);
if (settings is null)
    return EbbServer.ExitSettings;
return await EbbServer.TellFailureAsync(() =>
{
    var real = EbbServer.Real(settings.Cluster!);
    return EbbServer.CarryOutAsync(
        line.Command,
        builder,
        settings,
        real,
        () => EbbServer.RunAloneAsync(builder, settings, real)
    );
});
