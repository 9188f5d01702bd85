using Ebb.Engine;
using Ebb.Engine.Settings;

if (EbbServer.TellVersion(args, Console.Out))
    return 0;
if (args.Length > 0 && !args[0].StartsWith('-') && !ReleaseAll.IsAsked(args))
{
    Console.Error.WriteLine($"expected no command, or release --all, found \"{string.Join(' ', args)}\"");
    return EbbServer.ExitSettings;
}
var builder = EbbServer.CreateBuilder(args);
var settings = EbbServer.ReadSettings(builder.Configuration, EngineHost.Operator);
if (settings is null)
    return EbbServer.ExitSettings;
return await EbbServer.TellFailureAsync(() =>
    ReleaseAll.IsAsked(args)
        ? ReleaseAll.RunAsync(builder, settings, EbbServer.Real(settings.Cluster!))
        : EbbServer.RunAloneAsync(builder, settings, EbbServer.Real(settings.Cluster!))
);
